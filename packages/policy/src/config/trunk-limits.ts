import { z } from "zod";
import type { TrunkConfig, TrunkLimit } from "./config.ts";
import { choice, whole } from "./leaf.ts";
import { useKeys, useRulesOf } from "./use-rules.ts";

/** What a carrier sold: calls at one time and new calls in a second, both directions together and each. */
function oneWay(least: number, what: string) {
  return {
    calls: whole(least, 100_000)
      .optional()
      .meta({ description: `Calls at one time, ${what}.` }),
    calls_per_second: whole(1, 10_000)
      .optional()
      .meta({ description: `New calls in a second, ${what}.` }),
  };
}

function limitOf(value: { readonly calls?: number | undefined; readonly calls_per_second?: number | undefined }) {
  const limit: TrunkLimit = { calls: value.calls, callsPerSecond: value.calls_per_second };
  return limit;
}

export const trunkLimits = z
  .strictObject({
    ...oneWay(1, "both directions"),
    // Zero calls of a direction is a trunk that has only the other.
    in: z.strictObject(oneWay(0, "from the carrier")).prefault({}),
    out: z.strictObject({ ...oneWay(0, "to the carrier"), ...useKeys }).prefault({}),
    mode: choice(["enforce", "shadow"]).prefault("enforce").meta({
      description: "`shadow`: what these limits would refuse is counted and logged, and let through.",
    }),
  })
  .prefault({})
  .transform((value): TrunkConfig["limits"] => ({
    ...limitOf(value),
    in: limitOf(value.in),
    out: { ...limitOf(value.out), ...useRulesOf(value.out) },
    mode: value.mode,
  }));
