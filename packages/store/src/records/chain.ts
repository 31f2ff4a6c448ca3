/**
 * The chain of hashes over the book of calls. A row's link covers the link before it, its number, its facts, and a commitment
 * to its personal part: what is personal can be erased without breaking the chain, and nothing else can.
 *
 *   commitment = HMAC-SHA-256(salt, person)
 *   link       = SHA-256(link before | seq, 8 octets | SHA-256(kind, at, facts) | commitment)
 *
 * Without the salt, 32 random octets that are erased with the personal part, nobody can try numbers against a commitment.
 * Who can write the file can also make a chain anew: the head, kept elsewhere, is what shows that.
 */
import { createHash, createHmac } from "node:crypto";
import type { RecordFields, RecordKind } from "./record.ts";

/** Before the first row. */
export const firstLink: Uint8Array = new Uint8Array(32);

/** A row as it stands in the file. */
export interface ChainedRow {
  readonly seq: number;
  readonly kind: RecordKind;
  readonly at: number;
  /** The texts that were hashed, octet for octet. */
  readonly facts: string;
  readonly person: string | undefined;
  readonly salt: Uint8Array | undefined;
  readonly commitment: Uint8Array;
  readonly link: Uint8Array;
}

/** The text of fields, the same for the same fields in any order. */
export function fieldsText(fields: RecordFields): string {
  return JSON.stringify(Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function commitTo(person: string, salt: Uint8Array): Uint8Array {
  return createHmac("sha256", salt).update(person).digest();
}

export function linkOf(
  before: Uint8Array,
  { seq, kind, at, facts, commitment }: Omit<ChainedRow, "person" | "salt" | "link">,
): Uint8Array {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(seq));
  const content = createHash("sha256")
    .update(JSON.stringify([kind, at, facts]))
    .digest();
  return createHash("sha256").update(before).update(number).update(content).update(commitment).digest();
}
