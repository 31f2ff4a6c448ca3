/** Codes that a person copies: invitations and recovery codes. Random enough that a plain hash keeps them. */
import { createHash, timingSafeEqual } from "node:crypto";

/** Crockford's: no letter that is taken for a digit. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** In groups of four, five bits a character: 16 are 80 bits. */
export function newCode(random: (count: number) => Uint8Array, characters: 16 | 20): string {
  const letters = [...random(characters)].map((octet) => alphabet[octet & 31]);
  const groups: string[] = [];
  for (let at = 0; at < letters.length; at += 4) groups.push(letters.slice(at, at + 4).join(""));
  return groups.join("-");
}

/** However it was typed: small letters, without dashes, O for 0. */
export function hashCode(code: string): string {
  const plain = [...code.toUpperCase()].map((letter) => mistaken[letter] ?? letter).filter((c) => alphabet.includes(c));
  return createHash("sha256").update(plain.join("")).digest("hex");
}

const mistaken: Readonly<Record<string, string>> = { O: "0", I: "1", L: "1" };

export function isSameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, "hex"), Buffer.from(other, "hex")];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function isSameText(one: string, other: string): boolean {
  return isSameHash(hashText(one), hashText(other));
}

function hashText(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
