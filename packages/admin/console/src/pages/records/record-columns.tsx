/** A record as a row. */
import type { CallRecord } from "../../../../src/api/records.ts";
import { Peer } from "../../parts/peer.tsx";
import { State } from "../../parts/state.tsx";
import type { Column } from "../../parts/table.tsx";
import { linkTo } from "../../router.ts";
import { duration, moment } from "../../text/time.ts";

export const kindWords: Readonly<Record<CallRecord["kind"], string>> = {
  call: "call",
  refused: "refused",
  erased: "erased a person",
  pruned: "old records removed",
};

/** Which leg hung up. */
const legs: Readonly<Record<string, string>> = { a: "the caller", b: "the called one", ringfence: "Ringfence" };

export function endedBy(value: CallRecord["facts"][string] | undefined): string {
  return legs[textOf(value)] ?? textOf(value);
}

function textOf(value: CallRecord["facts"][string] | undefined): string {
  return value === undefined ? "" : String(value);
}

export const recordColumns: readonly Column<CallRecord>[] = [
  { name: "Ended", form: "brief", cell: ({ id, at }) => <a href={linkTo("records", [String(id)])}>{moment(at)}</a> },
  { name: "What", cell: ({ kind }) => <State kind={kind === "call" ? "good" : "warn"}>{kindWords[kind]}</State> },
  {
    name: "Who",
    form: "wide",
    cell: ({ person }) =>
      person === null ? (
        <span class="quiet">erased</span>
      ) : (
        <>
          <Peer text={textOf(person.from ?? person.account)} /> → <Peer text={textOf(person.to)} />
        </>
      ),
  },
  {
    name: "For",
    form: "number",
    cell: ({ facts: { duration_ms } }) => (typeof duration_ms === "number" ? duration(duration_ms) : "–"),
  },
  { name: "Ended by", cell: ({ facts }) => <Peer text={endedBy(facts.ended_by)} /> },
  { name: "Why", cell: ({ facts }) => <Peer text={textOf(facts.reason)} /> },
];
