/**
 * Whether "stale" may be believed. The PBX writes `stale=true` into every challenge, also into the one for a wrong
 * password (pbx.md section 1), and a phone that believes it tries the same password for ever. A nonce can only be stale
 * when it was good once: credentials over a nonce that we just handed out and that never worked are simply wrong.
 */
import { CappedMap } from "../capped-map.ts";
import type { Flow } from "../flow.ts";

/** Challenges that wait for their answer at one time; the oldest is forgotten, and then counts as one that may be stale. */
const MAX_WAITING = 10_000;
/** Of one user over one flow: requests that overlap, and repetitions that crossed an answer, are challenged each. */
const MAX_NONCES = 8;

export class ChallengeMemory {
  readonly #waiting = new CappedMap<string, readonly string[]>(MAX_WAITING);

  /** The nonces of a challenge that goes to this user over this flow. */
  issued(flow: Flow, user: string, nonces: readonly string[]): void {
    const key = keyOf(flow, user);
    const before = this.#waiting.get(key) ?? [];
    this.#waiting.set(key, [...before, ...nonces].slice(-MAX_NONCES));
  }

  /** Whether one of these came from a challenge that went to this user over this flow and is not answered yet. */
  knows(flow: Flow, user: string, nonces: readonly string[]): boolean {
    const waiting = this.#waiting.get(keyOf(flow, user));
    return waiting !== undefined && nonces.some((nonce) => waiting.includes(nonce));
  }

  /** The PBX took the credentials: from now on their nonce may grow stale. */
  accepted(flow: Flow, user: string): void {
    this.#waiting.delete(keyOf(flow, user));
  }

  /** Credentials over these nonces were refused: may that be for their age? */
  mayBeStale(flow: Flow, user: string, nonces: readonly string[]): boolean {
    return nonces.length > 0 && !this.knows(flow, user, nonces);
  }
}

function keyOf(flow: Flow, user: string): string {
  return `${flow.id} ${user}`;
}
