/** Why an account got no further: one line each, so that who looks after the phones need not guess. */
import type { Millis, Request } from "@ringfence/sip";
import type { NotedRefusal } from "../decisions/decision.ts";
import type { Flow } from "../flow.ts";
import { askedBy, noteRefusal } from "../refusal.ts";
import type { EdgeState } from "../state.ts";

/** What docs/errors.md explains under the same names. The phone is told less: a stranger must not learn what is right. */
export const accountRefusals = [
  "wrong-password",
  "guessing-held",
  "foreign-credentials",
  "foreign-account",
  "contact-unusable",
  "too-many-contacts",
  "registrar-full",
  "domain-not-registered",
] as const;

export type AccountRefusal = (typeof accountRefusals)[number];

interface Unwelcome {
  readonly reason: AccountRefusal;
  readonly account: string;
  readonly status?: number | undefined;
}

/** @returns what the answer carries */
export function logUnwelcome(
  state: EdgeState,
  now: Millis,
  flow: Flow,
  request: Request,
  why: Unwelcome,
): NotedRefusal {
  return noteRefusal(state, now, flow, askedBy(request), { by: "account", ...why });
}
