/** The configuration: read, checked, changed, confirmed, gone back to. */
import { z } from "zod";
import { moment, type Route } from "./route.ts";

/** As large as a configuration may be. */
const largestText = 1_048_576;
const text = z.string().max(largestText);
const textBody = z.strictObject({ text });
const largestBody = 2 * largestText;

export const configProblem = z.object({
  severity: z.enum(["error", "warning"]),
  /** Of docs/errors.md; empty for what the machine said (a certificate, a file). */
  code: z.string(),
  path: z.string(),
  /** From 1; 0 where no line is meant. */
  line: z.int(),
  column: z.int(),
  message: z.string(),
  remedy: z.string(),
});
export type ConfigProblem = z.output<typeof configProblem>;

export const reloadReport = z.object({
  outcome: z.enum(["applied", "unchanged", "refused"]),
  generation: z.int(),
  /** applied: what is different now. refused: the problems. */
  lines: z.array(z.string()),
  standing: z.array(z.string()),
  warnings: z.array(z.string()),
  at: moment,
  confirmUntil: moment.nullable(),
});
export type ReloadReport = z.output<typeof reloadReport>;

export const generation = z.object({
  number: z.int(),
  at: moment,
  by: z.string(),
  why: z.enum(["start", "reload", "signal", "rollback", "not-confirmed"]),
  confirmed: z.boolean(),
});
export type Generation = z.output<typeof generation>;

const confirmMs = z.int().min(1_000).max(86_400_000).optional();

export const configRoutes = {
  config: {
    method: "GET",
    path: "/config",
    role: "operator",
    act: "config-read",
    summary: "Show the file as it is on the disk, and what is in force",
    answer: z.object({
      file: z.string(),
      text,
      /** The file holds what is in force. */
      inForce: z.boolean(),
      /** Of the file's text, hexadecimal: goes with PUT, so that nobody overwrites what they have not seen. */
      digest: z.string(),
      /** False: the file or its folder belongs to somebody else, and PUT is refused. */
      writable: z.boolean(),
      generation: z.int(),
      confirmUntil: moment.nullable(),
    }),
  },
  configSchema: {
    method: "GET",
    path: "/config/schema",
    role: "operator",
    summary: "Show the JSON Schema of the file",
    answer: z.record(z.string(), z.unknown()),
  },
  configCheck: {
    method: "POST",
    path: "/config/check",
    role: "operator",
    act: "config-check",
    summary: "Say everything that is wrong with a text; nothing is done",
    body: textBody,
    largestBody,
    answer: z.object({ ok: z.boolean(), problems: z.array(configProblem) }),
  },
  configDiff: {
    method: "POST",
    path: "/config/diff",
    role: "operator",
    act: "diff",
    summary: "Say what a text would change; nothing is done",
    body: textBody,
    largestBody,
    answer: z.object({ changes: z.array(z.string()), warnings: z.array(z.string()), generation: z.int() }),
  },
  configWrite: {
    method: "PUT",
    path: "/config",
    role: "admin",
    act: "config-write",
    summary: "Write the file and take it over; one that is wrong changes nothing, the file neither",
    body: z.strictObject({ text, digest: z.string().max(64), confirmMs }),
    largestBody,
    answer: reloadReport,
  },
  configReload: {
    method: "POST",
    path: "/config/reload",
    role: "admin",
    act: "reload",
    summary: "Take the file over as it is on the disk",
    body: z.strictObject({ confirmMs }),
    answer: reloadReport,
  },
  configConfirm: {
    method: "POST",
    path: "/config/confirm",
    role: "admin",
    act: "confirm",
    summary: "Keep what waits for its confirmation",
    answer: z.object({ generation: z.int() }),
  },
  configRollback: {
    method: "POST",
    path: "/config/rollback",
    role: "admin",
    act: "rollback",
    summary: "Put an earlier configuration in force; the file stays as it is",
    body: z.strictObject({ to: z.int().min(1).optional() }),
    answer: reloadReport,
  },
  configHistory: {
    method: "GET",
    path: "/config/history",
    role: "operator",
    summary: "List the last configurations that were in force, the newest first",
    answer: z.object({ items: z.array(generation), inForce: z.int() }),
  },
  configGeneration: {
    method: "GET",
    path: "/config/history/:number",
    role: "operator",
    act: "history",
    summary: "Show the text of an earlier configuration",
    params: z.strictObject({ number: z.coerce.number().int().min(1) }),
    answer: z.object({ number: z.int(), text }),
  },
} as const satisfies Record<string, Route>;
