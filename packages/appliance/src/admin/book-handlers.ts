/** Messages and records of calls, what they hold about a person, alerts, and the audit: each asks the desk that knows. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { ApiError, type CallRecord } from "@ringfence/admin";
import type { StoredRecord } from "@ringfence/store";
import { faults } from "../commands/prove-chain.ts";
import { auditFile } from "../control/audit-trail.ts";
import { cleanText } from "../logs/clean-text.ts";
import { recordsFile } from "../records/record-book.ts";
import type { RecordSearch } from "../records/record-desk.ts";
import { headOf, lineOf, type RecordFormat } from "../records/record-text.ts";
import type { Console, HandlersOf } from "./admin-parts.ts";
import { erasePerson } from "./erase-person.ts";
import { verifyBook } from "./verify-book.ts";

type Names =
  | "ladder"
  | "records"
  | "record"
  | "recordsExport"
  | "privacyShow"
  | "privacyErase"
  | "alerts"
  | "acknowledge"
  | "alertTest"
  | "hardening"
  | "hardeningRun"
  | "auditLog"
  | "auditLogVerify";

export function bookHandlers({ ladder, audit, records, stateDir, desk, hardening }: Console): HandlersOf<Names> {
  return {
    ladder({ params }) {
      const found = ladder(params.id);
      if (found === undefined) {
        const message = `no messages of call ${cleanText(params.id, 64)} are kept`;
        throw new ApiError(404, "no-such-call", message, "capture.ladders says how many calls are kept.");
      }
      return { ...found, parties: [...found.parties], messages: [...found.messages] };
    },
    records({ query }) {
      const { items, next } = records.search(query);
      return { items: items.map(recordOf), next: next ?? null };
    },
    record({ params }) {
      const found = records.byId(params.id);
      if (found === undefined)
        throw new ApiError(404, "no-such-record", `there is no record ${params.id}`, "Search it.");
      return recordOf(found);
    },
    recordsExport: ({ query: { format, ...search } }) => exported(records, format, search),
    async privacyShow({ body: { who } }) {
      const found = await allOf(records, { number: who });
      return { count: found.length, items: found.slice(0, 200).map(recordOf) };
    },
    privacyErase: async ({ body: { who } }) => ({ erased: await erasePerson(recordsFile(stateDir), who) }),
    async alerts() {
      const { open, past } = await desk.alerts({ command: "alerts" });
      return { open: [...open], past: past.slice(0, 200) };
    },
    acknowledge: async ({ params }, { name }) => desk.acknowledge({ command: "acknowledge", by: name, id: params.id }),
    async alertTest() {
      return { answers: [...(await desk["test-alert"]({ command: "test-alert" })).answers] };
    },
    hardening: () => ({ report: hardening.last() ?? null }),
    hardeningRun: async (_asked, { name }) => ({ report: await hardening.run(name) }),
    auditLog({ query }) {
      const { items, next } = audit.page(query.limit, query.after);
      return { items: [...items], next };
    },
    async auditLogVerify() {
      const { rows, head, faults: found } = await verifyBook(auditFile(stateDir));
      const told = found.map(({ seq, kind }) => ({ row: seq, fault: faults[kind] }));
      return { intact: found.length === 0, rows, head, faults: told };
    },
  };
}

function recordOf({ seq, kind, at, facts, person }: StoredRecord): CallRecord {
  return {
    id: seq,
    kind: kind === "act" ? "call" : kind,
    at,
    facts: { ...facts },
    person: person ? { ...person } : null,
  };
}

/** Rows that calls wait for at a time: a thousandth of a second or two. */
const rowsAtOnce = 100;

/** The rows of one search, a page in each turn of the loop: calls come in between. */
async function* pagesOf(
  records: Console["records"],
  search: RecordSearch,
): AsyncGenerator<readonly StoredRecord[], void, undefined> {
  let after: string | undefined;
  do {
    const { items, next } = records.search({ ...search, after, limit: rowsAtOnce });
    yield items;
    after = next;
    await nextTurn();
  } while (after !== undefined);
}

/** More than anybody looks at; who has more is a business and no person. */
const mostAboutOne = 10_000;

async function allOf(records: Console["records"], search: RecordSearch): Promise<readonly StoredRecord[]> {
  const found: StoredRecord[] = [];
  for await (const items of pagesOf(records, search)) {
    found.push(...items);
    if (found.length >= mostAboutOne) break;
  }
  return found;
}

/** A page at a time, so that whoever reads slowly makes nobody wait. */
async function* exported(
  records: Console["records"],
  format: RecordFormat,
  search: RecordSearch,
): AsyncGenerator<string, void, undefined> {
  const head = headOf(format);
  if (head !== undefined) yield `${head}\n`;
  for await (const items of pagesOf(records, search)) {
    if (items.length > 0) yield items.map((record) => `${lineOf(format, record)}\n`).join("");
  }
}
