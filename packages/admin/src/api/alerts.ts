/** What somebody was or should be called for, what persons did, and the end of service. */
import { z } from "zod";
import { moment, page, paging, type Route } from "./route.ts";

export const alert = z.object({
  id: z.int(),
  /** Names its paragraph in docs/runbook.md. */
  name: z.string(),
  severity: z.enum(["info", "warning", "critical"]),
  /** A whole sentence; what a peer wrote in it is text. */
  summary: z.string(),
  since: moment,
  /** Null: still open. */
  until: moment.nullable(),
  /** How often it was seen. */
  count: z.int(),
  acknowledged: z.object({ by: z.string(), at: moment }).nullable(),
});
export type Alert = z.output<typeof alert>;

/** One act of a person: the log has the same line. */
export const auditEntry = z.object({
  /** Its number in the chain. */
  id: z.int(),
  at: moment,
  by: z.string(),
  via: z.enum(["cli", "api"]),
  act: z.string(),
  object: z.string(),
  result: z.enum(["done", "refused"]),
  /** Why it was refused; empty when it was done. */
  detail: z.string(),
});
export type AuditEntry = z.output<typeof auditEntry>;

export const alertRoutes = {
  alerts: {
    method: "GET",
    path: "/alerts",
    role: "viewer",
    summary: "List open alerts, and the last 200 that are over",
    answer: z.object({ open: z.array(alert), past: z.array(alert) }),
  },
  acknowledge: {
    method: "POST",
    path: "/alerts/:id/acknowledge",
    role: "operator",
    act: "alert-acknowledge",
    summary: "Say that somebody looks after an alert: it is not repeated",
    params: z.strictObject({ id: z.coerce.number().int().min(0) }),
    answer: alert,
  },
  alertTest: {
    method: "POST",
    path: "/alerts/test",
    role: "operator",
    act: "alert-test",
    summary: "Send a test to every place that alerts go to",
    answer: z.object({
      results: z.array(z.object({ to: z.string(), ok: z.boolean(), detail: z.string() })),
    }),
  },
  auditLog: {
    method: "GET",
    path: "/audit-log",
    role: "admin",
    act: "audit-read",
    summary: "List what persons did, the newest first",
    query: z.strictObject(paging),
    answer: page(auditEntry).extend({
      /** No entry was changed or dropped. */
      intact: z.boolean(),
    }),
  },
  drain: {
    method: "POST",
    path: "/drain",
    role: "operator",
    act: "drain",
    summary: "Take no new calls, and end when the last one has; emergency calls still pass",
    answer: z.object({ calls: z.int() }),
  },
} as const satisfies Record<string, Route>;
