/**
 * Which nonce was used how often (RFC 7616 §3.4.5): the same credentials are not taken twice. Entries are made only for
 * credentials that were right. Two phones behind one NAT may be challenged in the same millisecond with the same nonce;
 * their user names and cnonces, which the digest covers, keep them apart. When the table is full the oldest goes, and every nonce as old as it counts as stale from
 * then on: what was forgotten cannot be replayed.
 */
import type { Credentials, Millis } from "@ringfence/sip";
import { CappedMap } from "../capped-map.ts";

const MAX_NONCES = 20_000;
const MAX_CNONCE = 64;

/** The first digits of a nonce of ours are its time in milliseconds. */
const TIME_DIGITS = 12;

export class NonceCounts {
  readonly #highest = new CappedMap<string, { count: number }>(MAX_NONCES);
  #floor: Millis = -1;

  /** False when this count, or a higher one, was there before. Without `nc` (RFC 2069) a nonce serves a user once. */
  use({ nonce, username, cnonce, nc }: Credentials): boolean {
    const counted = nc === undefined ? 1 : Number.parseInt(nc, 16);
    // Two long ones with one beginning would share an entry: the phone is asked again, no more.
    const key = `${nonce} ${username} ${(cnonce ?? "").slice(0, MAX_CNONCE)}`;
    const highest = this.#highest.get(key);
    if (highest === undefined && timeOf(nonce) <= this.#floor) return false;
    if (counted <= (highest?.count ?? 0)) return false;
    // In place: its age is that of the nonce.
    if (highest !== undefined) highest.count = counted;
    else this.#remember(key, counted);
    return true;
  }

  #remember(key: string, count: number): void {
    const forgotten = this.#highest.full ? this.#highest.oldest : undefined;
    if (forgotten !== undefined) this.#floor = Math.max(this.#floor, timeOf(forgotten[0]));
    this.#highest.set(key, { count });
  }
}

function timeOf(nonce: string): Millis {
  return Number.parseInt(nonce.slice(0, TIME_DIGITS), 16);
}
