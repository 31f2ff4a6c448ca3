/**
 * A set whose first member is at hand. A Set of the language keeps the places of what was deleted until it grows or shrinks, and who
 * looks for its first member steps over all of them: thousands, where the first goes whenever another comes.
 */
interface Place<T> {
  readonly member: T;
  before: Place<T> | undefined;
  behind: Place<T> | undefined;
}

export class Procession<T> {
  readonly #places = new Map<T, Place<T>>();
  #first: Place<T> | undefined;
  #last: Place<T> | undefined;

  get size(): number {
    return this.#places.size;
  }

  /** Of those that are in it, the one that came first. */
  get first(): T | undefined {
    return this.#first?.member;
  }

  /** At the end, unless it is in it. */
  add(member: T): void {
    if (this.#places.has(member)) return;
    const place: Place<T> = { member, before: this.#last, behind: undefined };
    if (this.#last === undefined) this.#first = place;
    else this.#last.behind = place;
    this.#last = place;
    this.#places.set(member, place);
  }

  delete(member: T): void {
    const place = this.#places.get(member);
    if (place === undefined) return;
    this.#places.delete(member);
    const { before, behind } = place;
    if (before === undefined) this.#first = behind;
    else before.behind = behind;
    if (behind === undefined) this.#last = before;
    else behind.before = before;
  }
}
