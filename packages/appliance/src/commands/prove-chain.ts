/** What the chain of hashes over a book proves, in words: of the records of calls, and of what persons did. */
import type { ChainFault, RecordFile } from "@ringfence/store";
import { exitCodes } from "../failures.ts";
import type { Terminal } from "../terminal.ts";

export const faults: Readonly<Record<ChainFault["kind"], string>> = {
  missing: "is missing",
  changed: "was changed",
  "person-changed": "names somebody else than when it was written",
  "erased-silently": "lost its person, and no row says that it was erased",
};

/** @param head that was kept elsewhere, in hex; undefined: nobody kept one @returns the exit code */
export function proveChain(
  book: Pick<RecordFile, "verify" | "holds">,
  head: string | undefined,
  terminal: Pick<Terminal, "out" | "problem">,
): number {
  const report = book.verify();
  for (const { seq, kind } of report.faults) terminal.problem(`row ${seq} ${faults[kind]}`);
  const known = head === undefined || book.holds(head) || report.head === head;
  if (!known)
    terminal.problem("the head that you name is not in the chain: rows were dropped at its end, or all made anew");
  const good = report.faults.length === 0 && known;
  const erased = report.erased === 0 ? "" : `, ${report.erased} of them without their person`;
  terminal.out(`${report.rows} rows${erased}: ${good ? "nothing was changed or dropped" : "NOT as they were written"}`);
  terminal.out(`head ${report.head}`);
  return good ? exitCodes.ok : exitCodes.refused;
}
