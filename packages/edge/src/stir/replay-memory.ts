/** Tokens that were good once: the same one in another call is a copy (RFC 8224 §12.1). */
import { createHash } from "node:crypto";
import { CappedMap } from "../capped-map.ts";
import type { Passport } from "./passport.ts";

/** At a window of a minute, more than three hundred signed calls a second; beyond that the oldest are forgotten. */
const MAX_TOKENS = 20_000;

export class ReplayMemory {
  readonly #seen = new CappedMap<string, { readonly callId: string; readonly until: number }>(MAX_TOKENS);

  get size(): number {
    return this.#seen.size;
  }

  /**
   * True: another call brought it before. The same call may come again, over another host of the carrier. Written only
   * after the signature was found right, so that nobody fills the memory, or spoils a token, with forgeries.
   */
  isReplay(passport: Passport, callId: string, wall: number, window: number): boolean {
    this.#forget(wall);
    // What was signed, not the signature: of each ECDSA signature anybody can make a second one.
    const key = createHash("sha256").update(passport.signingInput).digest("base64");
    const known = this.#seen.get(key);
    if (known !== undefined) return known.callId !== callId;
    this.#seen.set(key, { callId, until: passport.iat * 1_000 + window });
    return false;
  }

  #forget(wall: number): void {
    for (let one = this.#seen.oldest; one !== undefined && one[1].until < wall; one = this.#seen.oldest) {
      this.#seen.delete(one[0]);
    }
  }
}
