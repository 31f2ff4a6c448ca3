/** What only the process that serves can tell an audit: it asks at the control socket, or beside it in the console. */
import type { DeliveryFacts, SecretFacts } from "@ringfence/grade";
import type { Alerts } from "../alerts/alerts.ts";
import type { ControlDesk } from "../control/protocol.ts";
import type { SecretWatch } from "../secrets/secret-watch.ts";

export interface KnownHere {
  /** Since when each is the same, the oldest first. */
  readonly secrets: readonly SecretFacts[];
  /** Of each way to be told, the last that arrived. */
  readonly deliveries: readonly DeliveryFacts[];
}

/** The oldest are enough to know whether any is too old. */
const mostSecrets = 1_000;

export function factsDesk(
  secrets: Pick<SecretWatch, "ages">,
  alerts: Pick<Alerts, "delivered">,
): Pick<ControlDesk, "audit-facts"> {
  return {
    "audit-facts": () => ({ secrets: secrets.ages.slice(0, mostSecrets), deliveries: alerts.delivered }),
  };
}
