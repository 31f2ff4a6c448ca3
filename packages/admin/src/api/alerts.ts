/** What somebody was or should be called for, what persons did, and the end of service. */
import { z } from "zod";
import { moment, page, paging, type Route } from "./route.ts";

export const alert = z.object({
  id: z.int(),
  at: moment,
  /** Of docs/runbook.md. */
  kind: z.string(),
  severity: z.string(),
  /** What it is about: a trunk, an account, a folder. Empty where there is only one. */
  object: z.string(),
  /** A whole sentence; what a peer wrote in it is text. */
  text: z.string(),
  /** Page and paragraph. */
  runbook: z.string(),
  /** How often it was seen. */
  times: z.int(),
  acknowledged: z.object({ by: z.string(), at: moment }).nullable(),
  /** Null: still open. */
  ended: moment.nullable(),
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
    answer: z.object({ alert: z.int() }),
  },
  alertTest: {
    method: "POST",
    path: "/alerts/test",
    role: "operator",
    act: "alert-test",
    summary: "Send a test to every place that alerts go to",
    answer: z.object({
      /** One for each way on which somebody was told. */
      answers: z.array(z.object({ receiver: z.string(), way: z.string(), ok: z.boolean(), said: z.string() })),
    }),
  },
  auditLog: {
    method: "GET",
    path: "/audit-log",
    role: "admin",
    act: "audit-read",
    summary: "List what persons did, the newest first",
    query: z.strictObject(paging),
    answer: page(auditEntry),
  },
  auditLogVerify: {
    method: "GET",
    path: "/audit-log/verify",
    role: "admin",
    act: "audit-verify",
    summary: "Prove that no row of the audit log was changed or dropped",
    answer: z.object({
      intact: z.boolean(),
      rows: z.int(),
      /** The last link, to be kept elsewhere: who can write the file can make all of it anew. */
      head: z.string(),
      /** Of at most a hundred rows, what is wrong with each. */
      faults: z.array(z.object({ row: z.int(), fault: z.string() })),
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
