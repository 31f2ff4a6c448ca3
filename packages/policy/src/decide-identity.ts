import type { Config } from "./config/config.ts";
import { passes, rejects, type Step } from "./filter/filter.ts";
import { rejectReasons } from "./reasons.ts";
import type { IdentitySubject } from "./subject.ts";
import type { Verdict } from "./verdict.ts";

const key = "trunks[].identity.verify";
const unasked = passes("identity", "the trunk's calls need no valid token");
const valid = passes("identity", "the caller's number is signed by somebody trusted");
const refused: Readonly<Record<Exclude<IdentitySubject["finding"], "verified">, Step>> = {
  missing: rejects("identity", "identity-missing", "no token of a kind known here", key),
  info: rejects("identity", "identity-info", "the signer's certificate could not be had", key),
  credential: rejects("identity", "identity-credential", "the signer's certificate does not count here", key),
  invalid: rejects("identity", "identity-invalid", "the token does not fit the call", key),
  stale: rejects("identity", "identity-stale", "the token is of another time", key),
};

/** Whether a carrier's call goes on, after its token was looked at. RFC 8224 §6.2.2. */
export function identityRule({ trunks }: Config): (subject: IdentitySubject) => Verdict {
  const required = new Set(trunks.filter(({ identity }) => identity.verify === "required").map(({ name }) => name));
  return ({ trunk, finding }) => {
    const step = finding === "verified" ? valid : required.has(trunk) ? refused[finding] : unasked;
    const chain = [step.trace];
    const { reason } = step;
    if (reason === undefined) return { action: "allow", emergency: false, chain };
    return { action: "reject", status: rejectReasons[reason].status, reason, rule: "identity", chain };
  };
}
