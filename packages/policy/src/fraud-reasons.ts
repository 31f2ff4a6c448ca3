/** Why a call is refused that looks like fraud, to us or to the service that was asked. */
import type { ReasonEntry } from "./reason-entry.ts";

export const fraudCatalogue = {
  "account-suspended": {
    status: 403,
    text: "Account Suspended",
    remedy:
      "The account was suspended, by command or for what its calls looked like: `./ringfence status` says since when and why, `./ringfence resume ACCOUNT` lifts it.",
  },
  "fraud-service": {
    status: 403,
    text: "Call Refused",
    remedy: "The service of `policy.fraud_service` refused the call. Ask it why; the line names the call.",
  },
  "fraud-service-silent": {
    status: 503,
    text: "Call Cannot Be Checked",
    remedy:
      "The service of `policy.fraud_service` did not answer in time, and `without_answer` says refuse. Look at the service; emergency calls do not wait for it.",
    retryAfter: 10,
  },
} as const satisfies Record<string, ReasonEntry>;
