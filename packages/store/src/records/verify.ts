/** Walks the chain once, from the first row that is left, and says where it is broken. */
import { type ChainedRow, commitTo, firstLink, linkOf } from "./chain.ts";
import { fieldsOf } from "./stored-row.ts";

export type ChainFault =
  | { readonly seq: number; readonly kind: "missing" }
  | { readonly seq: number; readonly kind: "changed" }
  /** The personal part was changed, with the rest left as it was. */
  | { readonly seq: number; readonly kind: "person-changed" }
  /** The personal part is gone, and no row says that it was erased. */
  | { readonly seq: number; readonly kind: "erased-silently" };

export interface ChainReport {
  readonly rows: number;
  readonly erased: number;
  /** The last link, in hex: to be kept elsewhere. */
  readonly head: string;
  /** At most a hundred. */
  readonly faults: readonly ChainFault[];
}

/** What a `pruned` row says: rows up to this one were dropped because they were old, and the chain goes on from this link. */
export interface Anchor {
  readonly through: number;
  readonly link: Uint8Array;
}

const mostFaults = 100;

/** @param anchor of the last `pruned` row */
export function verifyChain(rows: Iterable<ChainedRow>, anchor: Anchor | undefined): ChainReport {
  const faults: ChainFault[] = [];
  const fault = (seq: number, kind: ChainFault["kind"]): void => {
    if (faults.length < mostFaults) faults.push({ seq, kind });
  };
  let before = anchor?.link ?? firstLink;
  let expected = (anchor?.through ?? 0) + 1;
  let count = 0;
  const bare = new Set<number>();
  const said = new Set<number>();
  for (const row of rows) {
    count++;
    if (row.seq !== expected) fault(expected, "missing");
    else if (!same(linkOf(before, row), row.link)) fault(row.seq, "changed");
    if (row.person === undefined || row.salt === undefined) bare.add(row.seq);
    else if (!same(commitTo(row.person, row.salt), row.commitment)) fault(row.seq, "person-changed");
    if (row.kind === "erased") for (const seq of seqsOf(row.facts)) said.add(seq);
    // The stored link, so that one fault is told once and not for every row behind it.
    before = row.link;
    expected = row.seq + 1;
  }
  for (const seq of bare) if (!said.has(seq)) fault(seq, "erased-silently");
  return { rows: count, erased: bare.size, head: Buffer.from(before).toString("hex"), faults };
}

/** `seqs` of an `erased` row: `3,17,18`. */
export function seqsOf(facts: string): readonly number[] {
  const { seqs } = fieldsOf(facts);
  return typeof seqs === "string" ? seqs.split(",").map(Number) : [];
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
