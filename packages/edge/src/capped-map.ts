/**
 * A map with room for so many entries, in which the oldest makes room. What a stranger can fill must not cost more when it
 * is full: a Map of the language keeps the places of what was deleted until it grows, and who looks for its first entry
 * steps over all of them (28 µs an entry at 20,000, where this one needs 1).
 */
interface Entry<K, V> {
  readonly key: K;
  value: V;
  older: Entry<K, V> | undefined;
  newer: Entry<K, V> | undefined;
}

export class CappedMap<K, V> {
  readonly #limit: number;
  readonly #entries = new Map<K, Entry<K, V>>();
  #oldest: Entry<K, V> | undefined;
  #newest: Entry<K, V> | undefined;

  /** @param limit entries, at least one */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  get full(): boolean {
    return this.#entries.size >= this.#limit;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  *values(): Generator<V> {
    for (const { value } of this.#entries.values()) yield value;
  }

  get oldest(): readonly [K, V] | undefined {
    return this.#oldest && [this.#oldest.key, this.#oldest.value];
  }

  /** The entry is the newest from now on, also where the key was there. */
  set(key: K, value: V): void {
    const known = this.#entries.get(key);
    if (known !== undefined) this.#unlink(known);
    else if (this.full && this.#oldest !== undefined) this.delete(this.#oldest.key);
    const entry = known ?? { key, value, older: undefined, newer: undefined };
    entry.value = value;
    this.#link(entry);
    if (known === undefined) this.#entries.set(key, entry);
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    this.#unlink(entry);
    return true;
  }

  #link(entry: Entry<K, V>): void {
    entry.older = this.#newest;
    entry.newer = undefined;
    if (this.#newest === undefined) this.#oldest = entry;
    else this.#newest.newer = entry;
    this.#newest = entry;
  }

  #unlink({ older, newer }: Entry<K, V>): void {
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}
