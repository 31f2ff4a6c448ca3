/** Rules by the beginnings of numbers: one step a digit, however many rules there are. */

/** Digits, then `*` and `#`. */
const letters = "0123456789*#";

interface Node {
  /** Places of rules in their list, rising. */
  readonly rules: number[];
  readonly next: (Node | undefined)[];
}

export class PrefixTrie {
  readonly #root: Node = { rules: [], next: [] };

  /** Rules come in the order of their list. */
  add(prefix: string, rule: number): void {
    let node = this.#root;
    for (const letter of prefix) {
      const at = letters.indexOf(letter);
      const child = node.next[at] ?? { rules: [], next: [] };
      node.next[at] = child;
      node = child;
    }
    if (node.rules.at(-1) !== rule) node.rules.push(rule);
  }

  has(digits: string): boolean {
    return this.first(digits, Number.POSITIVE_INFINITY, () => true) !== undefined;
  }

  /** The first rule before `end` whose prefix the digits begin with, and that says yes itself. */
  first(digits: string, end: number, fits: (rule: number) => boolean): number | undefined {
    let best: number | undefined;
    let node: Node | undefined = this.#root;
    for (let at = 0; node !== undefined; at++) {
      best = firstOf(node.rules, best ?? end, fits) ?? best;
      node = at < digits.length ? node.next[place(digits.charCodeAt(at))] : undefined;
    }
    return best;
  }
}

/** Of a rising list, the first before `end` that says yes. */
export function firstOf(rules: readonly number[], end: number, fits: (rule: number) => boolean): number | undefined {
  for (const rule of rules) {
    if (rule >= end) return undefined;
    if (fits(rule)) return rule;
  }
  return undefined;
}

function place(code: number): number {
  if (code === 0x2a) return 10;
  return code === 0x23 ? 11 : code - 0x30;
}
