/**
 * The last decisions, so that an id of the log can be explained. Two rings of fixed size: what strangers are refused never
 * pushes out what explains a call of one's own. A decision is one string without references into the message it came with,
 * and the chain of the verdict, whose links are shared: both bounded, whatever a peer writes.
 */
import type { RuleTrace } from "@ringfence/policy";
import type { Decision, DecisionFacts } from "./decision.ts";

/** Of each ring. */
const MOST = 5_000;
/** Characters of each ring, one octet each: what peers write is read as Latin-1. */
const MOST_TEXT = 6_000_000;
/** Characters of one decision: a subject that makes it longer is left out. */
const LONGEST = 4_096;

interface Kept {
  readonly number: number;
  readonly id: string;
  readonly edition: string;
  readonly chain: readonly RuleTrace[];
  readonly text: string;
}

export interface DecisionPage {
  readonly decisions: readonly Decision[];
  /** Number of the last of them; 0: there is none. */
  readonly last: number;
}

/** `ours`: of somebody who is registered here, of a carrier, or of the PBX */
export type DecisionKind = "ours" | "strangers";

export class DecisionBook {
  readonly #rings: Readonly<Record<DecisionKind, Ring>> = { ours: new Ring(), strangers: new Ring() };
  #last = 0;

  get size(): number {
    return this.#rings.ours.size + this.#rings.strangers.size;
  }

  keep(kind: DecisionKind, id: string, edition: string, chain: readonly RuleTrace[], facts: DecisionFacts): void {
    const small = (facts.subject?.targetRaw.length ?? 0) < LONGEST;
    const whole = JSON.stringify(small ? facts : shortened(facts));
    const text = whole.length <= LONGEST ? whole : JSON.stringify(shortened(facts));
    this.#last += 1;
    this.#rings[kind].add({ number: this.#last, id, edition, chain, text });
  }

  /** Undefined: there never was one, or it had to make room. */
  find(id: string): Decision | undefined {
    const kept = this.#rings.ours.find(id) ?? this.#rings.strangers.find(id);
    return kept && decisionOf(kept);
  }

  /** The last ones, the newest first. */
  latest(most: number): readonly Decision[] {
    const { ours, strangers } = this.#rings;
    const all = [...ours, ...strangers].sort((a, b) => b.number - a.number);
    return all.slice(0, most).map(decisionOf);
  }

  /** Number of the last one; 0: there is none. */
  get last(): number {
    return this.#last;
  }

  /** Those behind number `after`, the oldest first. */
  page(after: number, most: number): DecisionPage {
    const { ours, strangers } = this.#rings;
    const behind = [...ours, ...strangers].filter(({ number }) => number > after);
    const found = behind.sort((a, b) => a.number - b.number).slice(0, most);
    return { decisions: found.map(decisionOf), last: found.at(-1)?.number ?? 0 };
  }
}

class Ring {
  readonly #slots: (Kept | undefined)[] = [];
  #oldest = 0;
  #size = 0;
  #text = 0;

  get size(): number {
    return this.#size;
  }

  add(kept: Kept): void {
    while (this.#size === MOST || this.#text + kept.text.length > MOST_TEXT) this.#drop();
    this.#slots[(this.#oldest + this.#size) % MOST] = kept;
    this.#size += 1;
    this.#text += kept.text.length;
  }

  find(id: string): Kept | undefined {
    for (const kept of this) if (kept.id === id) return kept;
    return undefined;
  }

  *[Symbol.iterator](): Generator<Kept> {
    for (let i = 0; i < this.#size; i++) {
      const kept = this.#slots[(this.#oldest + i) % MOST];
      if (kept !== undefined) yield kept;
    }
  }

  #drop(): void {
    this.#text -= this.#slots[this.#oldest]?.text.length ?? 0;
    this.#slots[this.#oldest] = undefined;
    this.#oldest = (this.#oldest + 1) % MOST;
    this.#size -= 1;
  }
}

function decisionOf({ id, edition, chain, text }: Kept): Decision {
  return { ...(JSON.parse(text) as DecisionFacts), id, edition, chain };
}

/** Names and numbers are short where somebody means to reach somebody. */
function shortened({ subject: _, from, to, account, ...facts }: DecisionFacts): DecisionFacts {
  const cut = (text: string | undefined): string | undefined => text?.slice(0, 128);
  return { ...facts, from: cut(from), to: cut(to), account: cut(account) };
}
