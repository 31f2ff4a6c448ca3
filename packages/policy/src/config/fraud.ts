import { z } from "zod";
import { anomalyKinds } from "../anomaly/kinds.ts";
import { duration, durationOrOff } from "./duration.ts";
import type { AnomalyConfig, FraudConfig, FraudServiceConfig } from "./fraud-config.ts";
import { choice, whole } from "./leaf.ts";
import { secret } from "./secret.ts";
import { secureUrl } from "./secure-url.ts";
import { label, path } from "./text.ts";

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
    notify: z.array(label()).max(20).optional().meta({
      description: "Names in `alerts` that are told of it, whatever their `for` says.",
    }),
  })
  .prefault({})
  .transform((value): FraudConfig => ({ action: value.action, forMs: value.for, notify: value.notify ?? [] }));

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

export const fraudService = z
  .strictObject({
    url: secureUrl("https://fraud.example.com/calls").meta({
      description: "Asked by POST about each call that leaves. Redirects are not followed.",
    }),
    deadline: duration("50ms", "2s").prefault("300ms").meta({
      description: "How long a caller waits for the answer. Emergency calls never do.",
    }),
    without_answer: choice(["allow", "refuse"]).prefault("allow").meta({
      description:
        "What becomes of a call when no answer comes in time. A service that is silent is left alone for a while.",
    }),
    secret: secret()
      .optional()
      .meta({ description: "Signs each question (HMAC-SHA256), so that the service knows us." }),
    ca: path().optional().meta({
      description: "PEM file of the authorities that may sign its certificate. Without it: the system's.",
    }),
    fields: choice(["masked", "whole"]).prefault("masked").meta({
      description: "`masked`: without the last four digits of numbers, and without addresses of phones.",
    }),
    mode: choice(["enforce", "shadow"]).prefault("enforce").meta({
      description: "`shadow`: it is asked, its answers are counted and logged, and no call waits for one.",
    }),
  })
  .transform(
    ({ url, deadline, without_answer, ca, fields, mode, ...rest }): FraudServiceConfig => ({
      url,
      deadlineMs: deadline,
      withoutAnswer: without_answer,
      secret: rest.secret,
      ca,
      fields,
      mode,
    }),
  )
  .optional()
  .meta({
    description:
      "A service of your own that judges calls to outside numbers. See [fraud.md](fraud.md#a-service-of-your-own).",
  });
