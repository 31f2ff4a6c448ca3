/**
 * `relay`: what a challenge of the PBX looks like, so that an account it does not know is challenged as one that it knows
 * (enumeration). Learnt from the last two: what their nonces have in common at the beginning is a time or a name and stays,
 * what differs is drawn anew from the same kinds of characters.
 */
import type { Challenge, Random } from "@ringfence/sip";

export interface NamedChallenge {
  readonly header: "WWW-Authenticate" | "Proxy-Authenticate";
  readonly challenge: Challenge;
}

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const HEX_LETTERS = 6;

export class ChallengeShape {
  #last: readonly NamedChallenge[] = [];
  #common: readonly number[] = [];

  seen(challenges: readonly NamedChallenge[]): void {
    this.#common = challenges.map(({ challenge }, place) => {
      const before = this.#last[place]?.challenge.nonce;
      return before === undefined || before === challenge.nonce ? 0 : commonStart(before, challenge.nonce);
    });
    this.#last = challenges;
  }

  /** Empty as long as the PBX has challenged nobody. */
  decoy(random: Random): readonly NamedChallenge[] {
    return this.#last.map(({ header, challenge }, place) => {
      const nonce = similar(challenge.nonce, this.#common[place] ?? 0, random);
      return { header, challenge: { ...challenge, nonce } };
    });
  }
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
}

/** In hexadecimal, letters and digits stand for each other; elsewhere each stays what it is. */
function similar(nonce: string, kept: number, random: Random): string {
  const hex = [...nonce].every((c) => DIGITS.includes(c) || among(LOWER, c) || among(UPPER, c));
  const octets = random(nonce.length);
  let drawn = nonce.slice(0, kept);
  for (let i = kept; i < nonce.length; i++) drawn += other(nonce, nonce[i] ?? "", octets[i] ?? 0, hex);
  return drawn;
}

function among(letters: string, character: string): boolean {
  return letters.slice(0, HEX_LETTERS).includes(character);
}

function other(nonce: string, character: string, octet: number, hex: boolean): string {
  const alphabet = hex ? hexOf(nonce) : [DIGITS, LOWER, UPPER].find((kind) => kind.includes(character));
  return alphabet === undefined ? character : (alphabet[octet % alphabet.length] ?? character);
}

function hexOf(nonce: string): string {
  const letters = [...nonce].some((c) => UPPER.includes(c)) ? UPPER : LOWER;
  return DIGITS + letters.slice(0, HEX_LETTERS);
}
