import { z } from "zod";
import { duration } from "./duration.ts";
import { choice } from "./leaf.ts";

export interface CdrConfig {
  readonly store: "sqlite" | "off";
  readonly keepMs: number;
  /** `number-suffix`: the last three digits of outside numbers are never written. */
  readonly mask: "off" | "number-suffix";
}

export const cdrSection = z
  .strictObject({
    store: choice(["sqlite", "off"]).prefault("sqlite").meta({
      description: "One row a call, in `records.db` of the state folder; `off`: none. See docs/records.md.",
    }),
    keep: duration("1h", "3650d").prefault("90d").meta({ description: "Rows are dropped when they are older." }),
    mask: choice(["off", "number-suffix"]).prefault("off").meta({
      description: "`number-suffix`: the last three digits of numbers outside are not written, not even to the file.",
    }),
  })
  .prefault({})
  .transform(({ store, keep, mask }): CdrConfig => ({ store, keepMs: keep, mask }))
  .meta({ description: "Records of calls." });
