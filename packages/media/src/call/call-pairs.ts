/** The pairs of ports of one call: opened with an offer, kept as long as what stands or waits needs them. */

import type { EngineCommand } from "../engine/engine.ts";
import type { LegName, Legs } from "../media-port.ts";
import type { Agreement, OfferedLine, OfferedStream } from "../negotiation/agreement.ts";
import { isBundled, type Judged, type JudgedStream } from "../negotiation/judge-offer.ts";
import type { OpenPair, OpenRequest, PairDesk } from "../ports/pair-desk.ts";
import type { MediaRefusal } from "../refusal.ts";

export interface CallPairsContext {
  readonly call: string;
  /** Keeps the pairs of a call together in the engine. */
  readonly group: number;
  readonly desk: PairDesk;
  readonly submit: (commands: readonly EngineCommand[]) => void;
}

type PairsOfLine = OfferedStream["pairs"];

/** Who has the sockets. */
export function rootOf(pair: OpenPair): OpenPair {
  return pair.bundledOn ?? pair;
}

export class CallPairs {
  readonly all = new Set<OpenPair>();
  readonly #context: CallPairsContext;

  constructor(context: CallPairsContext) {
    this.#context = context;
  }

  /** The lines with their pairs. Those opened are in `opened`, also when it fails: give them to `keep` or `giveBack`. */
  async openAll(
    judged: readonly Judged[],
    offerer: LegName,
    legs: Legs,
    opened: OpenPair[],
  ): Promise<readonly OfferedLine[] | MediaRefusal> {
    const roots = { a: standingRoot(judged, "a", offerer), b: standingRoot(judged, "b", offerer) };
    const lines: OfferedLine[] = [];
    for (const line of judged) {
      if (line.kind === "off") {
        lines.push(line.line);
        continue;
      }
      const on = {
        a: isBundled(line, "a", offerer) ? roots.a : undefined,
        b: isBundled(line, "b", offerer) ? roots.b : undefined,
      };
      const pairs = standingPairs(line, on) ?? (await this.#openBoth(line, legs, on, opened));
      if (typeof pairs === "string") return pairs;
      if (isBundled(line, "a", offerer)) roots.a ??= rootOf(pairs.a);
      if (isBundled(line, "b", offerer)) roots.b ??= rootOf(pairs.b);
      lines.push({ ...line, pairs });
    }
    return lines;
  }

  keep(pairs: readonly OpenPair[]): void {
    for (const pair of pairs) this.all.add(pair);
  }

  giveBack(pairs: readonly OpenPair[]): void {
    for (const pair of pairs.toReversed()) this.#context.desk.release(pair);
  }

  /** Every pair that neither what stands nor a pending offer needs; those without sockets first. */
  unused(standing: Agreement, pending: readonly OfferedLine[]): readonly OpenPair[] {
    const needed = new Set<OpenPair>();
    const need = ({ a, b }: PairsOfLine): void => {
      for (const pair of [a, b]) needed.add(pair).add(rootOf(pair));
    };
    for (const stream of standing) if (stream !== undefined) need({ a: stream.a.pair, b: stream.b.pair });
    for (const line of pending) if (line.kind === "stream") need(line.pairs);
    return [...this.all].filter((pair) => !needed.has(pair)).toReversed();
  }

  release(pair: OpenPair): void {
    this.all.delete(pair);
    this.#context.desk.release(pair);
  }

  async #openBoth(
    line: JudgedStream,
    legs: Legs,
    on: { readonly a: OpenPair | undefined; readonly b: OpenPair | undefined },
    opened: OpenPair[],
  ): Promise<PairsOfLine | MediaRefusal> {
    const { call, group, desk } = this.#context;
    const openOne = (leg: LegName, base: OpenPair | undefined) => {
      const owner = { call, leg, stream: line.index };
      const request: OpenRequest = { owner, group, address: legs[leg].localAddress };
      return base === undefined ? desk.open(request) : desk.openBundled(request, base);
    };
    const [a, b] = await Promise.all([openOne("a", on.a), openOne("b", on.b)]);
    for (const pair of [a, b]) if (typeof pair !== "string") opened.push(pair);
    if (typeof a === "string") return a;
    if (typeof b === "string") return b;
    this.#context.submit([{ kind: "join", left: a.id, right: b.id }]);
    return { a, b };
  }
}

/** The sockets that a leg's group has already, whichever of its lines brought them. */
function standingRoot(judged: readonly Judged[], leg: LegName, offerer: LegName): OpenPair | undefined {
  for (const line of judged) {
    if (line.kind === "stream" && line.standing !== undefined && isBundled(line, leg, offerer)) {
      return rootOf(line.standing[leg].pair);
    }
  }
  return undefined;
}

/** Those of the running stream, if they are where the line belongs now: alone, or on its group's sockets. */
function standingPairs(
  { standing }: JudgedStream,
  on: { readonly a: OpenPair | undefined; readonly b: OpenPair | undefined },
): PairsOfLine | undefined {
  if (standing === undefined) return undefined;
  const { a, b } = { a: standing.a.pair, b: standing.b.pair };
  const fits = rootOf(a) === (on.a ?? a) && rootOf(b) === (on.b ?? b);
  return fits ? { a, b } : undefined;
}
