import { z } from "zod";
import { anomalyKinds } from "../anomaly/kinds.ts";
import { duration, durationOrOff } from "./duration.ts";
import type { AnomalyConfig, FraudConfig } from "./fraud-config.ts";
import { choice, whole } from "./leaf.ts";

const DAY = 86_400_000;
const actions = ["alert", "suspend"] as const;

export const onFraud = z
  .strictObject({
    action: choice(actions).prefault("alert").meta({
      description:
        "What follows when an account's calls look like fraud. `alert`: a line `fraud` in the log and a count. `suspend`: its calls end too, and it begins none.",
    }),
    for: durationOrOff("1m", "365d").prefault("24h").meta({
      description: "How long an account is suspended. `off`: until `./ringfence resume`.",
    }),
  })
  .prefault({})
  .transform((value): FraudConfig => ({ action: value.action, forMs: value.for }));

export const anomaly = z
  .strictObject({
    baseline: duration("1d", "60d").prefault("14d").meta({
      description: "How far back an account's own history counts, in whole days.",
    }),
    sensitivity: whole(2, 20).default(4).meta({
      description: "How many times the usual is unusual: the lower, the sooner. See [fraud.md](fraud.md#anomalies).",
    }),
    on: z
      .array(choice(anomalyKinds))
      .min(1)
      .max(anomalyKinds.length)
      .prefault([...anomalyKinds])
      .meta({ description: "What is looked for." }),
    action: choice(actions).optional().meta({ description: "Without it: that of `policy.on_fraud`." }),
    mode: choice(["enforce", "shadow"]).prefault("enforce").meta({
      description: "`shadow`: what is found is counted and logged, and nothing follows.",
    }),
  })
  .optional()
  .meta({
    description: "Calls of an account that are unlike its own history. Without the section nothing is watched.",
  });

/** @param fallback what `policy.on_fraud` says */
export function anomalyOf(value: z.output<typeof anomaly>, fallback: FraudConfig["action"]): AnomalyConfig | undefined {
  if (value === undefined) return undefined;
  const { baseline, sensitivity, on, action = fallback, mode } = value;
  return { baselineDays: Math.ceil(baseline / DAY), sensitivity, on, action, mode };
}
