import { z } from "zod";
import { ageRecipient } from "./age-recipient.ts";
import { duration } from "./duration.ts";
import { choice } from "./leaf.ts";
import { path } from "./text.ts";

export interface CdrConfig {
  readonly store: "sqlite" | "off";
  readonly keepMs: number;
  /** `number-suffix`: the last three digits of outside numbers are never written. */
  readonly mask: "off" | "number-suffix";
  readonly export: CdrExportConfig | undefined;
}

export interface CdrExportConfig {
  /** A folder, maybe relative to the configuration file. */
  readonly to: string;
  readonly everyMs: number;
  readonly format: "csv" | "jsonl";
  /** Public keys of age; empty: the files are not encrypted. */
  readonly encryptTo: readonly string[];
  /** Undefined: exported files are never removed. */
  readonly keepMs: number | undefined;
}

const exportSection = z
  .strictObject({
    to: path().meta({ description: "Folder; it is made when it is not there." }),
    every: duration("1m", "31d").prefault("1d").meta({
      description: "Counted from midnight UTC. What could not be exported then comes with the next file.",
    }),
    format: choice(["csv", "jsonl"]).prefault("csv").meta({ description: "`jsonl`: a line of JSON each." }),
    encrypt_to: z.array(ageRecipient()).max(20).prefault([]).meta({
      description: "Whoever holds one of the private keys can read the files. Empty: they are not encrypted.",
    }),
    keep: duration("1h", "3650d").optional().meta({
      description: "Exported files are removed when they are older. Without it: never.",
    }),
  })
  .transform(({ to, every, format, encrypt_to, keep }): CdrExportConfig => {
    return { to, everyMs: every, format, encryptTo: encrypt_to, keepMs: keep };
  })
  .optional()
  .meta({ description: "New records as files, at fixed times. See [records.md](records.md#as-files)." });

export const cdrSection = z
  .strictObject({
    store: choice(["sqlite", "off"]).prefault("sqlite").meta({
      description: "One row a call, in `records.db` of the state folder; `off`: none. See docs/records.md.",
    }),
    keep: duration("1h", "3650d").prefault("90d").meta({ description: "Rows are dropped when they are older." }),
    mask: choice(["off", "number-suffix"]).prefault("off").meta({
      description: "`number-suffix`: the last three digits of numbers outside are not written, not even to the file.",
    }),
    export: exportSection,
  })
  .prefault({})
  .transform(({ store, keep, mask, ...rest }): CdrConfig => ({ store, keepMs: keep, mask, export: rest.export }))
  .meta({ description: "Records of calls." });
