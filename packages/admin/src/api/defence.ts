/** Bans, decisions, what is only looked at, and what would be decided. */
import { z } from "zod";
import { moment, page, paging, type Route } from "./route.ts";

/** `source` is not heard at all, `suspect` may only register, `account` is locked for new places. */
export const ban = z.object({
  kind: z.enum(["source", "suspect", "account"]),
  /** Address, network or account: names it for DELETE. */
  label: z.string(),
  /** Of docs/errors.md, Ban reasons. */
  reason: z.string(),
  since: moment,
  until: moment,
  times: z.int(),
});
export type Ban = z.output<typeof ban>;
const bans = z.object({ items: z.array(ban) });

export const decision = z.object({
  id: z.string(),
  at: moment,
  action: z.enum(["allow", "reject", "drop", "end"]),
  /** Which list of docs/errors.md names the reason. */
  by: z.string(),
  status: z.int().nullable(),
  reason: z.string().nullable(),
  rule: z.string().nullable(),
  side: z.string().nullable(),
  trunk: z.string().nullable(),
  transport: z.string().nullable(),
  source: z.string().nullable(),
  method: z.string().nullable(),
  account: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  call: z.string().nullable(),
});
export type Decision = z.output<typeof decision>;

export const explained = z.object({
  call: z.string(),
  action: z.enum(["allow", "reject", "drop", "end"]),
  status: z.int().nullable(),
  reason: z.string().nullable(),
  /** What the caller is told. */
  text: z.string().nullable(),
  remedy: z.string().nullable(),
  notes: z.array(z.object({ name: z.string(), text: z.string() })),
  /** In the order in which they were asked; the last of a refusal is the one that refused. */
  rules: z.array(
    z.object({
      rule: z.string(),
      outcome: z.enum(["pass", "exempt", "emergency", "shadow", "reject", "drop"]),
      note: z.string(),
      key: z.string().nullable(),
      line: z.int().nullable(),
    }),
  ),
  /** What `./ringfence explain` prints. */
  lines: z.array(z.string()),
});
export type Explained = z.output<typeof explained>;

export const defenceRoutes = {
  bans: {
    method: "GET",
    path: "/bans",
    role: "viewer",
    summary: "List who is banned, suspect or locked",
    answer: bans,
  },
  ban: {
    method: "POST",
    path: "/bans",
    role: "operator",
    act: "ban",
    summary: "Hear nobody new from an address",
    body: z.strictObject({ source: z.string().max(64), forMs: z.int().min(1_000).max(31_536_000_000) }),
    answer: bans,
  },
  unban: {
    method: "DELETE",
    path: "/bans/:label",
    role: "operator",
    act: "unban",
    summary: "Lift a ban or a lock, and forget the failures that led to it",
    params: z.strictObject({ label: z.string().min(1).max(64) }),
    answer: z.object({ lifted: z.int() }),
  },
  decisions: {
    method: "GET",
    path: "/decisions",
    role: "viewer",
    summary:
      "List what was decided last, the oldest first; `next` is never null: with it as `after` comes what is newer",
    query: z.strictObject(paging),
    answer: page(decision),
  },
  decision: {
    method: "GET",
    path: "/decisions/:id",
    role: "viewer",
    summary: "Explain a decision: every rule that was asked, with its line in the file",
    params: z.strictObject({ id: z.string().max(64) }),
    answer: explained,
  },
  explain: {
    method: "POST",
    path: "/explain",
    role: "operator",
    act: "ask",
    summary: "Say what would be decided about a call now",
    body: z.strictObject({
      to: z.string().min(1).max(512),
      from: z.string().max(256).optional(),
      source: z.string().max(64).default("192.0.2.1"),
      transport: z.enum(["udp", "tcp", "tls", "ws", "wss"]).default("tls"),
      through: z.string().max(64).optional(),
      at: z.string().max(64).optional(),
    }),
    answer: explained,
  },
  shadow: {
    method: "GET",
    path: "/shadow",
    role: "viewer",
    summary: "Show what rules in shadow would have refused since the start",
    answer: z.object({
      keys: z.array(z.string()),
      counts: z.array(z.object({ rule: z.string(), count: z.int() })),
      /** Decisions that a rule in shadow was part of, the newest first. */
      decisions: z.array(decision),
    }),
  },
} as const satisfies Record<string, Route>;
