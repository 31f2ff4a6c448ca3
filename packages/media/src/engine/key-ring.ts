/**
 * SRTP contexts of one direction of one pair, kept by key. A re-INVITE with the same key must find the same context:
 * a fresh one would forget the replay window and the rollover counter inbound, and outbound would use key stream a
 * second time (RFC 3711 §9.1). Contexts of keys before it are kept too: forked early answers may choose our first key,
 * our second, and the first again.
 */
import { suiteNames } from "@ringfence/node-srtp";
import type { SrtpKey } from "./engine.ts";

/** Our offer has a key of its own for each suite, and each fork may take another. */
const keysRemembered = suiteNames.length;

interface Entry<T> {
  readonly key: SrtpKey;
  readonly context: T;
}

export class KeyRing<T> {
  readonly #create: (key: SrtpKey) => T;
  /** The one in use first. */
  #kept: readonly Entry<T>[] = [];

  constructor(create: (key: SrtpKey) => T) {
    this.#create = create;
  }

  use(key: SrtpKey | undefined): T | undefined {
    if (key === undefined) return undefined;
    const known = this.#kept.find((entry) => sameKey(entry.key, key));
    const entry = known ?? { key, context: this.#create(key) };
    // The last used is the last to go.
    this.#kept = [entry, ...this.#kept.filter((one) => one !== entry)].slice(0, keysRemembered);
    return entry.context;
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
