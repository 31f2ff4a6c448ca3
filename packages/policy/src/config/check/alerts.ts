import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";

/** Whoever is to be told of a fraud must be somebody. */
export function checkAlerts({ policy, alerts }: Partial<Config>): readonly Finding[] {
  if (policy === undefined || alerts === undefined) return [];
  return policy.onFraud.notify.flatMap((name, index): readonly Finding[] => {
    if (alerts.some((receiver) => receiver.name === name)) return [];
    return [
      {
        code: "alert-unknown",
        severity: "error",
        path: ["policy", "on_fraud", "notify", index],
        message: `nobody in \`alerts\` is called ${name}`,
        remedy: "write `alerts: { NAME: { webhook: ... } }`, or remove the name here",
      },
    ];
  });
}
