/**
 * Bencode, the notation of rtpengine's control protocol: integers, octet strings, lists and dictionaries.
 * The decoder takes what came from a network: whatever is wrong with it is a value of a closed list, never an exception.
 */

/** What can be written. Dictionaries leave with their keys in order of their octets, so that one value has one form. */
export type Bencodable =
  | number
  | string
  | Uint8Array
  | readonly Bencodable[]
  | { readonly [key: string]: Bencodable | undefined };

/** What was read. A dictionary is a map, so that no key of a peer's is a property of an object. Keys are Latin-1 text. */
export type Bencoded = number | Uint8Array | readonly Bencoded[] | BencodedMap;
export type BencodedMap = ReadonlyMap<string, Bencoded>;

export type BencodeFailure =
  | "too-large"
  | "too-deep"
  | "too-many"
  | "cut-short"
  | "trailing"
  | "bad-token"
  | "bad-integer"
  | "bad-length"
  | "bad-key"
  | "duplicate-key";

export type Decoded =
  | { readonly ok: true; readonly value: Bencoded }
  | { readonly ok: false; readonly why: BencodeFailure };

/** One datagram: nothing longer ever came in one. */
const maxOctets = 65_507;
const maxDepth = 12;
/** Values in all. The statistics of an instance with a hundred ports come to about 600. */
const maxValues = 20_000;
const maxKey = 256;
/** The longest run of digits that always fits a number exactly. */
const maxDigits = 15;

const [minus, zero, nine, colon] = [0x2d, 0x30, 0x39, 0x3a];
const [integerMark, listMark, mapMark, endMark] = [0x69, 0x6c, 0x64, 0x65];

export function encode(value: Bencodable): Uint8Array {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return Buffer.concat(parts);
}

function write(value: Bencodable, parts: Uint8Array[]): void {
  if (typeof value === "number") {
    parts.push(Buffer.from(`i${Math.trunc(value)}e`));
  } else if (typeof value === "string" || value instanceof Uint8Array) {
    const octets = typeof value === "string" ? Buffer.from(value, "latin1") : value;
    parts.push(Buffer.from(`${octets.length}:`), octets);
  } else if (isList(value)) {
    parts.push(Buffer.from("l"));
    for (const item of value) write(item, parts);
    parts.push(Buffer.from("e"));
  } else {
    parts.push(Buffer.from("d"));
    for (const key of Object.keys(value).sort()) {
      const item = value[key];
      if (item === undefined) continue;
      write(key, parts);
      write(item, parts);
    }
    parts.push(Buffer.from("e"));
  }
}

function isList(value: Bencodable): value is readonly Bencodable[] {
  return Array.isArray(value);
}

/** Exactly one value, with nothing behind it. Octet strings are views of `octets`. */
export function decode(octets: Uint8Array): Decoded {
  if (octets.length > maxOctets) return { ok: false, why: "too-large" };
  const reader = new Reader(octets);
  const value = reader.value(0);
  if (value === undefined) return { ok: false, why: reader.why ?? "cut-short" };
  return reader.atEnd ? { ok: true, value } : { ok: false, why: "trailing" };
}

/** `undefined` from any method means that `why` says what is wrong. */
class Reader {
  readonly #octets: Uint8Array;
  #at = 0;
  #values = 0;
  why: BencodeFailure | undefined;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get atEnd(): boolean {
    return this.#at === this.#octets.length;
  }

  value(depth: number): Bencoded | undefined {
    if (depth > maxDepth) return this.#fail("too-deep");
    if (++this.#values > maxValues) return this.#fail("too-many");
    const mark = this.#octets[this.#at];
    if (mark === undefined) return this.#fail("cut-short");
    if (mark >= zero && mark <= nine) return this.#string();
    this.#at++;
    if (mark === integerMark) return this.#integer();
    if (mark === listMark) return this.#list(depth);
    return mark === mapMark ? this.#map(depth) : this.#fail("bad-token");
  }

  #integer(): number | undefined {
    const negative = this.#octets[this.#at] === minus;
    if (negative) this.#at++;
    const value = this.#digits(endMark, "bad-integer");
    // "-0" is the one number that would have two forms.
    if (value === undefined || (negative && value === 0)) return this.#fail("bad-integer");
    return negative ? -value : value;
  }

  #string(): Uint8Array | undefined {
    const length = this.#digits(colon, "bad-length");
    if (length === undefined) return undefined;
    if (length > this.#octets.length - this.#at) return this.#fail("cut-short");
    this.#at += length;
    return this.#octets.subarray(this.#at - length, this.#at);
  }

  #list(depth: number): readonly Bencoded[] | undefined {
    const items: Bencoded[] = [];
    while (!this.#endsHere()) {
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  /** Keys in any order: rtpengine writes them as they come to its mind. */
  #map(depth: number): BencodedMap | undefined {
    const map = new Map<string, Bencoded>();
    while (!this.#endsHere()) {
      const mark = this.#octets[this.#at];
      if (mark !== undefined && (mark < zero || mark > nine)) return this.#fail("bad-key");
      const name = this.#string();
      if (name === undefined) return undefined;
      if (name.length > maxKey) return this.#fail("bad-key");
      const key = Buffer.from(name.buffer, name.byteOffset, name.length).toString("latin1");
      if (map.has(key)) return this.#fail("duplicate-key");
      const item = this.value(depth + 1);
      if (item === undefined) return undefined;
      map.set(key, item);
    }
    return map;
  }

  #endsHere(): boolean {
    if (this.#octets[this.#at] !== endMark) return false;
    this.#at++;
    return true;
  }

  /** A decimal without a leading zero, and the octet that ends it. */
  #digits(end: number, failure: BencodeFailure): number | undefined {
    const from = this.#at;
    let value = 0;
    for (; ; this.#at++) {
      const octet = this.#octets[this.#at];
      if (octet === undefined) return this.#fail("cut-short");
      if (octet === end) break;
      if (octet < zero || octet > nine || this.#at - from >= maxDigits) return this.#fail(failure);
      value = value * 10 + octet - zero;
    }
    const count = this.#at - from;
    if (count === 0 || (count > 1 && this.#octets[from] === zero)) return this.#fail(failure);
    this.#at++;
    return value;
  }

  /** The first one counts: what follows from it explains nothing. */
  #fail(why: BencodeFailure): undefined {
    this.why ??= why;
  }
}
