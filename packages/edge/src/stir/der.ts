/** As much of DER (X.690) as finds the extensions of a certificate: definite lengths, one-octet tags, nothing beyond the end. */

export interface Der {
  readonly tag: number;
  readonly content: Uint8Array;
}

export const tags = { boolean: 0x01, integer: 0x02, octets: 0x04, oid: 0x06, ia5: 0x16, sequence: 0x30 } as const;

const MAX_LENGTH_OCTETS = 3;

/** The values that stand one after the other in `bytes`; undefined if they do not fill it exactly, or are more than `most`. */
export function readAll(bytes: Uint8Array, most: number): readonly Der[] | undefined {
  const found: Der[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = readHead(bytes, at);
    if (head === undefined || found.length === most) return undefined;
    found.push({ tag: bytes[at] ?? 0, content: bytes.subarray(head.from, head.to) });
    at = head.to;
  }
  return found;
}

/** What is inside the one value that `bytes` must be. */
export function readInside(bytes: Uint8Array, tag: number, most: number): readonly Der[] | undefined {
  const [value, ...more] = readAll(bytes, 1) ?? [];
  return value === undefined || more.length > 0 || value.tag !== tag ? undefined : readAll(value.content, most);
}

function readHead(bytes: Uint8Array, at: number): { readonly from: number; readonly to: number } | undefined {
  const first = bytes[at + 1];
  // §8.1.2.4: tags of several octets; none is used here.
  if (first === undefined || ((bytes[at] ?? 0) & 0x1f) === 0x1f) return undefined;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || octets > MAX_LENGTH_OCTETS) return undefined;
  let length = octets === 0 ? first : 0;
  for (let i = 0; i < octets; i++) length = length * 256 + (bytes[at + 2 + i] ?? 0);
  const from = at + 2 + octets;
  return from + length <= bytes.length ? { from, to: from + length } : undefined;
}

export function isOid(value: Der | undefined, oid: readonly number[]): boolean {
  if (value?.tag !== tags.oid || value.content.length !== oid.length) return false;
  return oid.every((octet, place) => value.content[place] === octet);
}

/** A small whole number; undefined for one that is negative or larger than 2^31. */
export function readInteger(value: Der | undefined): number | undefined {
  const content = value?.tag === tags.integer ? value.content : undefined;
  if (content === undefined || content.length === 0 || content.length > 4 || (content[0] ?? 0) >= 0x80)
    return undefined;
  return content.reduce((sum, octet) => sum * 256 + octet, 0);
}

export function readText(value: Der | undefined): string | undefined {
  return value?.tag === tags.ia5 ? Buffer.from(value.content).toString("latin1") : undefined;
}
