/**
 * What the command line and the running process say to each other: one JSON object a line, one request a connection. A stream has as many
 * lines of answer as it has items, and ends with the connection: when it is over, or whoever asked has gone.
 */
import type { ApiKey, Invitation, User } from "@ringfence/admin";
import type { Decision, KeptBan } from "@ringfence/edge";
import { logLevels } from "@ringfence/policy";
import { z } from "zod";
import type { ShownAlert } from "../alerts/alert-desk.ts";
import type { TestAnswer } from "../alerts/alerts.ts";
import type { KnownHere } from "../audit/facts-desk.ts";
import type { ExplainedCall } from "../explain-text.ts";
import type { Generation } from "../generations/history.ts";
import type { KernelStatus } from "../kernel/kernel-status.ts";
import type { AreaLevel } from "../logs/levels.ts";
import type { ReloadReport } from "../reload-ports.ts";
import type { Status } from "../status.ts";
import type { TracedMessage } from "../trace/traced-message.ts";
import type { AuditPage } from "./audit-trail.ts";

/** Ten years: who means longer names no time. */
const MOST_MS = 315_360_000_000;

/** Name of the user at the command line: for the history, never for a permission. Who may open the socket may do everything. */
const by = z.string().max(64);

const role = z.enum(["viewer", "operator", "admin"]);
const userName = z.string().min(1).max(32);

const request = z.discriminatedUnion("command", [
  z.strictObject({ command: z.literal("status") }),
  z.strictObject({ command: z.literal("audit-facts") }),
  z.strictObject({ command: z.literal("reload"), by, confirmMs: z.int().min(1_000).max(86_400_000).optional() }),
  z.strictObject({ command: z.literal("confirm"), by }),
  z.strictObject({ command: z.literal("rollback"), by, to: z.int().min(1).optional() }),
  z.strictObject({ command: z.literal("diff"), file: z.string().max(1_024).optional() }),
  z.strictObject({ command: z.literal("history"), number: z.int().min(1).optional() }),
  z.strictObject({ command: z.literal("drain") }),
  z.strictObject({ command: z.literal("bans") }),
  z.strictObject({ command: z.literal("prove") }),
  z.strictObject({
    command: z.literal("ban"),
    source: z.string().max(64),
    forMs: z.int().min(1_000).max(31_536_000_000),
  }),
  z.strictObject({ command: z.literal("unban"), label: z.string().max(64) }),
  z.strictObject({
    command: z.literal("suspend"),
    account: z.string().min(1).max(64),
    forMs: z.int().positive().max(MOST_MS).optional(),
  }),
  z.strictObject({ command: z.literal("explain"), id: z.string().max(64) }),
  z.strictObject({
    command: z.literal("ask"),
    to: z.string().max(512),
    from: z.string().max(256).optional(),
    source: z.string().max(64),
    transport: z.string().max(16),
    through: z.string().max(64).optional(),
    at: z.string().max(64).optional(),
  }),
  /** Those behind that number. */
  z.strictObject({ command: z.literal("decisions"), after: z.int().min(0) }),
  /** What is named has to fit all together. */
  z.strictObject({
    command: z.literal("trace"),
    by,
    forMs: z.int().min(1_000).max(86_400_000),
    account: z.string().min(1).max(64).optional(),
    number: z.string().min(1).max(64).optional(),
    source: z.string().min(1).max(64).optional(),
    call: z.string().min(1).max(256).optional(),
    trunk: z.string().min(1).max(64).optional(),
    method: z.string().min(1).max(32).optional(),
  }),
  z.strictObject({ command: z.literal("resume"), account: z.string().min(1).max(64) }),
  z.strictObject({ command: z.literal("admin-users") }),
  z.strictObject({ command: z.literal("admin-add"), name: userName, role }),
  z.strictObject({ command: z.literal("admin-reset"), name: userName }),
  z.strictObject({ command: z.literal("admin-remove"), name: userName }),
  z.strictObject({ command: z.literal("admin-sign-out"), name: userName.optional() }),
  z.strictObject({ command: z.literal("admin-enrol") }),
  z.strictObject({ command: z.literal("admin-keys") }),
  z.strictObject({
    command: z.literal("admin-key"),
    by,
    name: z.string().min(1).max(64),
    role,
    forMs: z
      .int()
      .min(60_000)
      .max(MOST_MS / 2),
    addresses: z.array(z.string().max(64)).max(32),
  }),
  z.strictObject({ command: z.literal("admin-key-remove"), id: z.string().min(1).max(32) }),
  /** The newest first; `after`: `next` of the page before. */
  z.strictObject({
    command: z.literal("audit-log"),
    limit: z.int().min(1).max(1_000),
    after: z.string().max(64).optional(),
  }),
  z.strictObject({ command: z.literal("alerts") }),
  z.strictObject({ command: z.literal("acknowledge"), by, id: z.int().min(1) }),
  z.strictObject({ command: z.literal("test-alert"), to: z.string().max(64).optional() }),
  /** With a change: an area, or `all`, is written from that level on for so long. */
  z.strictObject({
    command: z.literal("log"),
    change: z
      .strictObject({
        area: z.string().max(32),
        level: z.enum(logLevels),
        forMs: z.int().min(1_000).max(86_400_000),
      })
      .optional(),
  }),
]);

export type ControlRequest = z.infer<typeof request>;

interface Answers {
  readonly status: { readonly status: Status };
  readonly "audit-facts": KnownHere;
  readonly reload: { readonly report: ReloadReport };
  readonly confirm: { readonly generation: number };
  readonly rollback: { readonly report: ReloadReport };
  readonly diff: {
    readonly changes: readonly string[];
    readonly warnings: readonly string[];
    readonly generation: number;
  };
  /** With a number: its text; null when it is not kept. */
  readonly history: {
    readonly generations: readonly Generation[];
    readonly inForce: number;
    readonly text: string | null;
  };
  /** Calls that are waited for. */
  readonly drain: { readonly calls: number };
  /** Whether the kernel drops what is banned, found out for this question. */
  readonly prove: { readonly kernel: KernelStatus };
  readonly bans: { readonly bans: readonly KeptBan[] };
  readonly ban: { readonly bans: readonly KeptBan[] };
  readonly unban: { readonly lifted: number };
  /** Calls that were ended. */
  readonly suspend: { readonly calls: number };
  readonly explain: { readonly explained: ExplainedCall };
  readonly ask: { readonly explained: ExplainedCall };
  readonly trace: Stream<TraceItem>;
  readonly decisions: { readonly decisions: readonly Decision[]; readonly last: number };
  /** Whether it was suspended. */
  readonly resume: { readonly was: boolean };
  readonly "admin-users": { readonly users: readonly User[] };
  readonly "admin-add": { readonly invitation: Invitation; readonly url: string };
  readonly "admin-reset": { readonly invitation: Invitation; readonly url: string };
  readonly "admin-remove": { readonly removed: string };
  /** How many sessions that were. */
  readonly "admin-sign-out": { readonly ended: number };
  readonly "admin-enrol": Omit<Invitation, "name"> & { readonly url: string };
  readonly "admin-keys": { readonly keys: readonly ApiKey[] };
  /** The secret is shown once. */
  readonly "admin-key": { readonly key: ApiKey; readonly secret: string };
  readonly "admin-key-remove": { readonly removed: string };
  readonly "audit-log": AuditPage;
  /** Open ones with the newest last, those that are over with the newest first. */
  readonly alerts: { readonly open: readonly ShownAlert[]; readonly past: readonly ShownAlert[] };
  readonly acknowledge: { readonly alert: number };
  /** One for each way on which somebody was told. */
  readonly "test-alert": { readonly answers: readonly TestAnswer[] };
  readonly log: {
    readonly levels: readonly AreaLevel[];
    readonly outputs: readonly { readonly output: string; readonly state: string }[];
  };
}

/** `skipped`: what was left out, because it came faster than it was taken. */
export type TraceItem = TracedMessage | { readonly skipped: number };

/** An answer that goes on. */
export interface Stream<T> {
  /** @returns what ends it before its time; may be called after its end */
  start(onItem: (item: T) => void, onEnd: () => void): () => void;
}

/** What a stream's answer holds. */
export type ItemOf<C extends ControlRequest["command"]> = AnswerTo<C> extends Stream<infer T> ? T : never;

export function isStream(answer: object): answer is Stream<unknown> {
  return "start" in answer && typeof answer.start === "function";
}

/** The answer to each command, by its name. */
export type AnswerTo<C extends ControlRequest["command"]> = Answers[C];

/** Who answers each command; what is thrown is said to whoever asked. */
export type ControlDesk = {
  readonly [C in ControlRequest["command"]]: (
    request: Extract<ControlRequest, { command: C }>,
  ) => AnswerTo<C> | Promise<AnswerTo<C>>;
};

export type ControlAnswer =
  | { readonly ok: true; readonly answer: AnswerTo<ControlRequest["command"]> }
  /** `remedy` is empty where there is none to give. */
  | { readonly ok: false; readonly message: string; readonly remedy: string };

/** In octets. A request holds a word and a few values; an answer at most some pages. */
export const longestRequest = 4_096;
export const longestAnswer = 4_194_304;

/** With the name of whoever is at the command line: for the audit, never for a permission. */
export interface Asked {
  readonly request: ControlRequest;
  readonly user: string;
}

/** Hostile input is a value: anything but a known request is undefined. */
export function readRequest(line: string): Asked | undefined {
  try {
    const { user, ...rest } = JSON.parse(line);
    const read = request.safeParse(rest).data;
    return read && { request: read, user: by.safeParse(user).data ?? "" };
  } catch {
    return undefined;
  }
}
