/**
 * What was counted since somebody looked: a call counts a dozen times, /metrics is read twice a minute. A total is found by the values of its
 * labels, one after the other, without a text being made of them; there are as many as closed labels have values.
 */
import { closeLabel, closeLabels, type Label, type Labels } from "./labels.ts";

interface Total<Name> {
  readonly name: Name;
  readonly labels: Labels;
  value: number;
}

class Branch<Name> {
  readonly branches = new Map<string, Branch<Name>>();
  total: Total<Name> | undefined;
}

export class Totals<Name extends string> {
  readonly #root = new Branch<Name>();
  readonly #all: Total<Name>[] = [];

  /** One more. */
  count(name: Name, set: readonly Label[], labels: Labels): void {
    let branch = next(this.#root, name);
    for (const label of set) branch = next(branch, closeLabel(label, labels));
    if (branch.total === undefined) {
      branch.total = { name, labels: closeLabels(set, labels), value: 0 };
      this.#all.push(branch.total);
    }
    branch.total.value++;
  }

  /** Those that have risen since. */
  take(): readonly Readonly<Total<Name>>[] {
    const risen = this.#all.filter(({ value }) => value > 0).map((total) => ({ ...total }));
    for (const total of this.#all) total.value = 0;
    return risen;
  }
}

function next<Name>(branch: Branch<Name>, value: string): Branch<Name> {
  const known = branch.branches.get(value);
  if (known !== undefined) return known;
  const made = new Branch<Name>();
  branch.branches.set(value, made);
  return made;
}
