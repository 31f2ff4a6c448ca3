import type { Config } from "./config/config.ts";
import type { RejectReason } from "./reasons.ts";

/**
 * What puts a rule in shadow. `keys`: one of them at `shadow`, whichever made the rule. `instead`: the rule has a gentler value of its
 * own, which looks without refusing. `never`: why what it refuses is not to be let through for a trial.
 */
export type Shadowing =
  | { readonly keys: readonly string[] }
  | { readonly instead: string }
  | { readonly never: string };

const accounts = "policy.accounts.NAME.mode";
const trunks = "trunks[].limits.mode";
const destinations: Shadowing = { keys: ["policy.destinations[].mode"] };
const allLimits: Shadowing = { keys: ["policy.limits.mode"] };
const trunkLimits: Shadowing = { keys: [trunks] };
const use: Shadowing = { keys: [accounts, trunks] };
const fraudService: Shadowing = { keys: ["policy.fraud_service.mode"] };
const token: Shadowing = { instead: "trunks[].identity.verify: optional" };
const encryption: Shadowing = { instead: "media.srtp: optional" };
const listed: Shadowing = { never: "somebody wrote it down by name" };
const shape: Shadowing = { never: "no phone sends it" };
const protocol: Shadowing = { never: "there is nothing that it could be let through to" };
const stranger: Shadowing = { never: "letting it through would let strangers in" };
const state: Shadowing = { never: "it is no rule, but how things stand" };

/** Of every reason there is: a new one does not compile before somebody has said it here. */
const shadowing = {
  "source-denied": listed,
  "message-too-large": shape,
  "too-many-headers": shape,
  "target-too-long": shape,
  "target-characters": shape,
  "target-scheme": shape,
  "method-unknown": protocol,
  "method-not-allowed": protocol,
  "refer-outside-call": protocol,
  "no-dialog": protocol,
  "merged-request": protocol,
  "domain-not-served": stranger,
  "not-registered": stranger,
  "unknown-trunk": stranger,
  "number-not-served": stranger,
  "emergency-unregistered-limit": stranger,
  "identity-missing": token,
  "identity-info": token,
  "identity-credential": token,
  "identity-invalid": token,
  "identity-stale": token,
  "destination-barred": destinations,
  "premium-rate": destinations,
  "high-risk-destination": destinations,
  "not-in-dial-plan": destinations,
  "international-barred": { keys: [accounts, "policy.destinations[].mode"] },
  overloaded: { keys: ["defence.mode"] },
  draining: state,
  "pbx-down": state,
  "calls-limit": allLimits,
  "call-rate-limit": allLimits,
  "account-calls-limit": { keys: [accounts, "policy.limits.mode"] },
  "account-suspended": state,
  "fraud-service": fraudService,
  "fraud-service-silent": fraudService,
  "outside-hours": use,
  "calls-per-hour-limit": use,
  "minutes-limit": use,
  "spend-limit": use,
  "rate-unknown": use,
  "use-unknown": use,
  "trunk-calls-limit": trunkLimits,
  "trunk-call-rate-limit": trunkLimits,
  "srtp-required": encryption,
  "srtp-not-allowed": encryption,
  "srtp-suite": { never: "the two sides have no encryption in common" },
} as const satisfies Record<RejectReason, Shadowing>;

export const shadowingOf: Readonly<Record<RejectReason, Shadowing>> = shadowing;

/** Keys of the configuration whose rules are only looked at, as the file spells them: nobody may forget that they do not act. */
export function keysInShadow({ defence, policy, trunks: carriers }: Config): readonly string[] {
  return [
    ...policy.destinations.flatMap(({ mode }, at) => (mode === "shadow" ? [`policy.destinations[${at}].mode`] : [])),
    ...(policy.limits.mode === "shadow" ? ["policy.limits.mode"] : []),
    ...[...policy.accounts].flatMap(([name, { mode }]) => (mode === "shadow" ? [`policy.accounts.${name}.mode`] : [])),
    ...(policy.anomaly?.mode === "shadow" ? ["policy.anomaly.mode"] : []),
    ...(policy.fraudService?.mode === "shadow" ? ["policy.fraud_service.mode"] : []),
    ...carriers.flatMap(({ limits }, at) => (limits.mode === "shadow" ? [`trunks[${at}].limits.mode`] : [])),
    ...(defence.mode === "shadow" ? ["defence.mode"] : []),
  ];
}
