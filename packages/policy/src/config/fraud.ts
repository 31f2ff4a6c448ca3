import { z } from "zod";
import { isLoopback } from "../address.ts";
import { anomalyKinds } from "../anomaly/kinds.ts";
import { duration, durationOrOff } from "./duration.ts";
import type { AnomalyConfig, FraudConfig, FraudServiceConfig } from "./fraud-config.ts";
import { choice, type LeafReading, quoted, whole, written } from "./leaf.ts";
import { secret } from "./secret.ts";
import { path } from "./text.ts";

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

const longestUrl = 512;

/** Whom somebody calls goes over it: in clear text on this machine only. */
function serviceUrl() {
  return written({ kind: "https URL", examples: ["https://fraud.example.com/calls"] }, (text): LeafReading<string> => {
    const url = text.length <= longestUrl && URL.canParse(text) ? new URL(text) : undefined;
    const secure = url?.protocol === "https:" || (url?.protocol === "http:" && isHere(url.hostname));
    if (url !== undefined && secure && url.username === "" && url.hash === "") return { value: text };
    return {
      problem: `is ${quoted(text)}, which is no https URL`,
      remedy: "write https://fraud.example.com/calls; http:// only for 127.0.0.1 or [::1]",
    };
  });
}

function isHere(host: string): boolean {
  return isLoopback(host.startsWith("[") ? host.slice(1, -1) : host);
}

export const fraudService = z
  .strictObject({
    url: serviceUrl().meta({ description: "Asked by POST about each call that leaves. Redirects are not followed." }),
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
