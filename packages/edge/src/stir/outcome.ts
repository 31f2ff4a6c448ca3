/** What can be found out about who signed a caller's number: a closed list, a metric label, in docs/errors.md. */
import type { IdentitySubject } from "@ringfence/policy";

type Finding = IdentitySubject["finding"];

/** RFC 8224 §6.2.2 has an answer for each class. */
const findings = {
  verified: "verified",
  /** No Identity at all. */
  absent: "missing",
  /** Only tokens of kinds that are not known here: §6.2 step 1 has them ignored, as if they were not there. */
  unsupported: "missing",
  unreadable: "invalid",
  "too-many": "invalid",
  /** Anything but ES256: `none`, HS256 and RS256 among them. */
  algorithm: "credential",
  "x5u-differs": "invalid",
  "x5u-refused": "info",
  "x5u-unreachable": "info",
  "certificate-unreadable": "credential",
  "certificate-untrusted": "credential",
  "certificate-expired": "credential",
  "certificate-key": "credential",
  "certificate-number": "credential",
  stale: "stale",
  "caller-differs": "invalid",
  "called-differs": "invalid",
  signature: "invalid",
  replayed: "invalid",
} as const satisfies Record<string, Finding>;

export type IdentityOutcome = keyof typeof findings;
export const identityOutcomes = Object.keys(findings) as readonly IdentityOutcome[];

/** In the order of docs/errors.md: outcome and answer class. */
export function findingOf(outcome: IdentityOutcome): Finding {
  return findings[outcome];
}
