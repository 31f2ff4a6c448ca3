/**
 * A password that is being changed on both sides: the new one answers a challenge, and where it is refused the old one does. Which
 * of them the other side took last is remembered, because each wrong answer counts against us there: a PBX bans addresses.
 */
import { type OutRequest, parseCredentials, type Secret, verifyDigest } from "@ringfence/sip";
import { CappedMap } from "./capped-map.ts";

type Sent = Pick<OutRequest, "method" | "headers" | "body">;

/** As many as there may be accounts. */
const MOST = 100_000;

export class Overlaps {
  /** Accounts and trunks whose other side took the old one last. */
  readonly #old = new CappedMap<string, true>(MOST);
  /** For whom the second choice is on its way. Nobody says that it was taken; that it was refused is said here. */
  readonly #second = new CappedMap<string, true>(MOST);

  /**
   * @param secrets that hold now, the new one first
   * @param sent what was challenged, with the answer it carried
   * @param stale only its nonce was old
   * @returns undefined: none is left to be tried
   */
  choose(who: string, secrets: readonly Secret[], sent: Sent, stale = false): Secret | undefined {
    const answer = sent.headers.get("Authorization") ?? sent.headers.get("Proxy-Authorization");
    const credentials = answer === undefined ? undefined : parseCredentials(answer);
    if (credentials === undefined) {
      if (this.#second.delete(who)) this.#turn(who);
      return this.#ordered(who, secrets)[0];
    }
    const ordered = this.#ordered(who, secrets);
    const { method, body } = sent;
    const used = ordered.findIndex((secret) => verifyDigest(credentials, { secret, method, body }));
    if (stale) return ordered[used];
    const next = used === 0 ? ordered[1] : undefined;
    if (next === undefined) this.#second.delete(who);
    else this.#second.set(who, true);
    return next;
  }

  #ordered(who: string, secrets: readonly Secret[]): readonly Secret[] {
    return this.#old.has(who) ? secrets.toReversed() : secrets;
  }

  #turn(who: string): void {
    if (!this.#old.delete(who)) this.#old.set(who, true);
  }
}
