import { z } from "zod";
import { ageRecipient } from "./age-recipient.ts";
import { durationOrOff } from "./duration.ts";
import { type LeafReading, quoted, whole, written } from "./leaf.ts";
import { path } from "./text.ts";

export interface BackupConfig {
  /** A folder, maybe relative to the configuration file. */
  readonly to: string;
  /** Undefined: only when somebody asks for one. */
  readonly everyMs: number | undefined;
  /** How many are kept; at least one. */
  readonly keep: number;
  /** Public keys of age; never empty. */
  readonly encryptTo: readonly string[];
  /** A program and its arguments, one of them `FILE` for it; undefined: it stays on this machine alone. */
  readonly copy: readonly string[] | undefined;
}

const longest = 4_096;

function word() {
  return written({ kind: "word of a command" }, (text): LeafReading<string> => {
    if (text.length > 0 && text.length <= longest && !text.includes("\0")) return { value: text };
    return { problem: "is no word of a command", remedy: "write a program or one of its arguments" };
  });
}

/** No shell reads it, and no search path is gone through: what is run is what stands there. */
const command = z
  .array(word())
  .min(1)
  .max(64)
  .superRefine(([program = ""], context) => {
    if (program.startsWith("/")) return;
    const message = `is ${quoted(program)}, which is no whole path of a program`;
    const params = { code: "bad-format", remedy: "write [/usr/bin/rsync, ...]" };
    context.addIssue({ code: "custom", path: [0], message, params });
  });

export const backupSection = z
  .strictObject({
    to: path().prefault("/var/backups/ringfence").meta({ description: "Folder; it is made when it is not there." }),
    every: durationOrOff("1h", "31d").prefault("1d").meta({
      description: "Counted from midnight UTC. `off`: only when `./ringfence backup` is run, by a timer of your own.",
    }),
    keep: whole(1, 1_000).prefault(14).meta({
      description: "So many are kept: an old one is removed only after a new one was written.",
    }),
    encrypt_to: z.array(ageRecipient()).min(1).max(20).meta({
      description: "Whoever holds one of the private keys can restore. Keep them elsewhere: they are not needed here.",
    }),
    copy: command.optional().meta({
      description:
        "Run after each backup, to take it elsewhere: a program and its arguments; `FILE` stands for it, else it comes last.",
      example: ["/usr/bin/rsync", "FILE", "backup@203.0.113.9:sbc/"],
    }),
  })
  .optional()
  .transform((value): BackupConfig | undefined => {
    if (value === undefined) return undefined;
    const { every, encrypt_to, ...rest } = value;
    return { ...rest, everyMs: every, encryptTo: encrypt_to, copy: value.copy };
  })
  .meta({ description: "Everything that a restore needs, as one encrypted file. See [backup.md](backup.md)." });
