import { knownName } from "./names.ts";

/**
 * One header field. `name` is canonical when known ("Via", "Call-ID"), else as written. `value` is the raw octets as
 * a latin1 string (one char is one octet), unfolded, outer white space trimmed.
 */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

/** The header fields of one message in order. Look-ups ignore case and know the compact forms (RFC 3261 §7.3.3). */
export class HeaderList implements Iterable<HeaderField> {
  #fields: HeaderField[] = [];

  static of(...pairs: readonly (readonly [string, string])[]): HeaderList {
    const list = new HeaderList();
    for (const [name, value] of pairs) list.add(name, value);
    return list;
  }

  get(name: string): string | undefined {
    const known = knownName(name);
    if (known === undefined) return this.all(name)[0];
    const canonical = known.name;
    for (const field of this.#fields) if (field.name === canonical) return field.value;
    return undefined;
  }

  all(name: string): readonly string[] {
    const same = matcher(name);
    const values: string[] = [];
    for (const field of this.#fields) if (same(field.name)) values.push(field.value);
    return values;
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  add(name: string, value: string): this {
    this.#fields.push({ name: knownName(name)?.name ?? name, value });
    return this;
  }

  /** For a name that went through `knownName` already: the parser's hot path. */
  addCanonical(name: string, value: string): void {
    this.#fields.push({ name, value });
  }

  prepend(name: string, value: string): this {
    this.#fields.unshift({ name: knownName(name)?.name ?? name, value });
    return this;
  }

  /** Replaces every field of that name by one, in place of the first; appends when there was none. */
  set(name: string, value: string): this {
    const same = matcher(name);
    const place = this.#fields.findIndex((field) => same(field.name));
    if (place < 0) return this.add(name, value);
    const kept = this.#fields.filter((field, index) => index === place || !same(field.name));
    kept[place] = { name: knownName(name)?.name ?? name, value };
    this.#fields = kept;
    return this;
  }

  remove(name: string): this {
    const same = matcher(name);
    this.#fields = this.#fields.filter((field) => !same(field.name));
    return this;
  }

  clone(): HeaderList {
    const copy = new HeaderList();
    copy.#fields = this.#fields.slice();
    return copy;
  }

  get size(): number {
    return this.#fields.length;
  }

  [Symbol.iterator](): Iterator<HeaderField> {
    return this.#fields[Symbol.iterator]();
  }
}

/** Known names are stored in one spelling, so equality is enough; only unknown ones need folding of case. */
function matcher(name: string): (candidate: string) => boolean {
  const known = knownName(name);
  if (known !== undefined) return (candidate) => candidate === known.name;
  const lower = name.toLowerCase();
  return (candidate) => candidate.length === lower.length && candidate.toLowerCase() === lower;
}
