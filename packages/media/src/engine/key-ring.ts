/**
 * SRTP contexts of one direction of one pair, kept by key. A re-INVITE with the same key must find the same context:
 * a fresh one would forget the replay window and the rollover counter inbound, and outbound would use key stream a
 * second time (RFC 3711 §9.1). One context back is kept too: forked early answers may choose our first key, our second,
 * and the first again.
 */
import type { SrtpKey } from "./engine.ts";

interface Entry<T> {
  readonly key: SrtpKey;
  readonly context: T;
}

export class KeyRing<T> {
  readonly #create: (key: SrtpKey) => T;
  #current: Entry<T> | undefined;
  #previous: Entry<T> | undefined;

  constructor(create: (key: SrtpKey) => T) {
    this.#create = create;
  }

  use(key: SrtpKey | undefined): T | undefined {
    if (key === undefined) return undefined;
    if (this.#current !== undefined && sameKey(this.#current.key, key)) return this.#current.context;
    const back = this.#previous !== undefined && sameKey(this.#previous.key, key) ? this.#previous : undefined;
    this.#previous = this.#current;
    this.#current = back ?? { key, context: this.#create(key) };
    return this.#current.context;
  }
}

export function sameKey(one: SrtpKey | undefined, other: SrtpKey | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.suite === other.suite && same(one.key, other.key) && same(one.mki ?? none, other.mki ?? none);
}

const none = new Uint8Array(0);

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
