/** Records of calls that ended, and what they hold about a person. */
import { z } from "zod";
import { moment, page, paging, type Route } from "./route.ts";

const value = z.union([z.string(), z.number(), z.boolean()]);

export const callRecord = z.object({
  /** Its number in the chain. */
  id: z.int(),
  kind: z.enum(["call", "refused", "erased", "pruned"]),
  at: moment,
  /** Codecs, durations, marks, reasons: the columns of docs/records.md. */
  facts: z.record(z.string(), value),
  /** Null: erased. */
  person: z.record(z.string(), value).nullable(),
});
export type CallRecord = z.output<typeof callRecord>;

const time = z.coerce.number().int().optional().meta({ description: "Milliseconds since 1970." });
const wanted = {
  from: time,
  to: time,
  number: z.string().max(64).optional().meta({ description: "A number, account or address, as `privacy` takes it." }),
  account: z.string().max(64).optional(),
  reason: z.string().max(64).optional(),
};
const who = z.strictObject({ who: z.string().min(1).max(128) });

export const recordRoutes = {
  records: {
    method: "GET",
    path: "/records",
    role: "operator",
    act: "records-search",
    summary: "Search the records, the newest first",
    query: z.strictObject({ ...paging, ...wanted }),
    answer: page(callRecord),
  },
  recordsExport: {
    method: "GET",
    path: "/records/export",
    role: "admin",
    act: "records-export",
    summary: "Write the records out, the newest first",
    query: z.strictObject({ ...wanted, format: z.enum(["csv", "jsonl"]).default("csv") }),
    stream: ["text/csv", "application/jsonl"],
  },
  record: {
    method: "GET",
    path: "/records/:id",
    role: "operator",
    act: "records-read",
    summary: "Show one record",
    params: z.strictObject({ id: z.coerce.number().int().min(1) }),
    answer: callRecord,
  },
  privacyShow: {
    method: "POST",
    path: "/privacy/show",
    role: "admin",
    act: "privacy-show",
    summary: "Show every record that names a person: the first 200, and how many there are",
    body: who,
    answer: z.object({ count: z.int(), items: z.array(callRecord) }),
  },
  privacyErase: {
    method: "POST",
    path: "/privacy/erase",
    role: "admin",
    act: "privacy-erase",
    summary: "Take a person out of every record, for good",
    body: who,
    answer: z.object({ erased: z.int() }),
  },
} as const satisfies Record<string, Route>;
