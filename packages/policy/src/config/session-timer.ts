import { z } from "zod";
import type { SessionTimerConfig } from "./config.ts";
import { duration, durationOrOff, formatDuration } from "./duration.ts";

/** Session timers (RFC 4028) towards one side. */
export function sessionTimer(fallback: "30m" | "off") {
  return z
    .strictObject({
      expires: durationOrOff("90s", "1d").prefault(fallback).meta({
        description:
          "How long a call lasts without a sign of life (RFC 4028); who does not know session timers is not held to it. `off`: none is asked for, and what the other side asks for is ignored.",
      }),
      min: duration("90s", "1d").prefault("90s").meta({
        description: "A shorter interval is refused with 422.",
      }),
    })
    .prefault({})
    .transform(({ expires, min }, context): SessionTimerConfig | undefined => {
      if (expires === undefined) return undefined;
      if (min > expires) {
        const remedy = `choose at most ${formatDuration(expires)}`;
        const params = { code: "out-of-range", remedy };
        context.addIssue({ code: "custom", message: "is longer than expires", params, path: ["min"] });
      }
      return { expiresMs: expires, minMs: min };
    });
}
