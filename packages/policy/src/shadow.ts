import type { Config } from "./config/config.ts";

/** Keys of the configuration whose rules are only looked at, as the file spells them: nobody may forget that they do not act. */
export function keysInShadow({ defence, policy }: Config): readonly string[] {
  return [
    ...policy.destinations.flatMap(({ mode }, at) => (mode === "shadow" ? [`policy.destinations[${at}].mode`] : [])),
    ...[...policy.accounts].flatMap(([name, { mode }]) => (mode === "shadow" ? [`policy.accounts.${name}.mode`] : [])),
    ...(policy.anomaly?.mode === "shadow" ? ["policy.anomaly.mode"] : []),
    ...(policy.fraudService?.mode === "shadow" ? ["policy.fraud_service.mode"] : []),
    ...(defence.mode === "shadow" ? ["defence.mode"] : []),
  ];
}
