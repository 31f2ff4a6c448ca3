/** Which calls there are and between which places, for reports of how they are heard. */
import type { Flow } from "@ringfence/edge";
import type { CallSummary, LegSummary } from "@ringfence/media";
import type { Seen } from "./seen.ts";

/** As many as the edge takes. */
const MOST_CALLS = 20_000;
/** Looks in a row at which a call had no sound: it has ended, or has not begun yet and is seen again. */
const MOST_MISSED = 30;

interface Known {
  /** The caller is inside. */
  readonly inward: boolean;
  readonly flows: { core: Flow | undefined; outside: Flow | undefined };
  missed: number;
}

export interface LegReport {
  readonly call: string;
  readonly name: "a" | "b";
  readonly flow: Flow;
  readonly summary: LegSummary;
}

export class CallReports {
  readonly #calls = new Map<string, Known>();

  note({ call, flow }: Seen): void {
    if (call === undefined) return;
    const core = flow.side === "core";
    const known = this.#calls.get(call) ?? this.#open(call, core);
    if (known !== undefined) known.flows[core ? "core" : "outside"] = flow;
  }

  #open(call: string, inward: boolean): Known | undefined {
    if (this.#calls.size >= MOST_CALLS) return undefined;
    const known: Known = { inward, flows: { core: undefined, outside: undefined }, missed: 0 };
    this.#calls.set(call, known);
    return known;
  }

  get calls(): Iterable<string> {
    return [...this.#calls.keys()];
  }

  /** How its legs are heard; nothing for a call without sound. */
  of(call: string, summary: CallSummary | undefined): readonly LegReport[] {
    const known = this.#calls.get(call);
    if (known === undefined) return [];
    if (summary === undefined) {
      if (++known.missed > MOST_MISSED) this.#calls.delete(call);
      return [];
    }
    known.missed = 0;
    const { core, outside } = known.flows;
    const [a, b] = known.inward ? [core, outside] : [outside, core];
    return [
      ...(a === undefined ? [] : [{ call, name: "a", flow: a, summary: summary.a } as const]),
      ...(b === undefined ? [] : [{ call, name: "b", flow: b, summary: summary.b } as const]),
    ];
  }

  forget(call: string): void {
    this.#calls.delete(call);
  }
}
