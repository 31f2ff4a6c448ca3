/**
 * When whose TLS handshake begins. One costs a signature, as much time as fifty calls of other work, and memory until it ends. So one is
 * begun in a turn of the event loop, between them new connections are taken, and so many are under way and no more. Who
 * holds least comes first: a phone that is alone at its address does not wait behind fifty attackers with a hundred each.
 * Not for configured peers, which wait for nobody.
 */
import { FairPool } from "./fair-pool.ts";

/** A slow phone takes a second for its round trips, and a core makes about four hundred a second. */
const MAX_UNDER_WAY = 512;
/** Of one source: an office behind one address gets on with these, and the rest of it waits for its turn. */
const MAX_OF_SOURCE = 16;
/**
 * While connections go on coming, so many are taken for each handshake, which costs about as much: who is not taken yet
 * cannot be known for the phone that it is. Counted, not timed: a busy machine may take the time away.
 */
const TAKEN_BETWEEN = 32;

export interface Waiting {
  readonly source: string;
  begin(): void;
  /** Another one gets its place. */
  giveWay(): void;
}

export interface HandshakeTurns {
  /** The next turn of the event loop. */
  readonly later: (step: () => void) => void;
  /** How many connections a source holds: the fewer, the sooner its turn. */
  readonly held: (source: string) => number;
}

export class Handshakes {
  readonly #turns: HandshakeTurns;
  /** Holds no source without a waiting connection, so both are bounded by the connections there are. */
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #underWay = new FairPool<Waiting>();
  #turning = false;
  /** Connections taken since the last turn, and since the last handshake. */
  #fresh = 0;
  #taken = 0;

  constructor(turns: HandshakeTurns) {
    this.#turns = turns;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** A connection was taken: others may be waiting for the same. */
  arrived(): void {
    this.#fresh++;
    this.#taken++;
  }

  wait(one: Waiting): void {
    const queue = this.#waiting.get(one.source) ?? new Set();
    this.#waiting.set(one.source, queue.add(one));
    this.#turn();
  }

  /** The handshake is done, or there is nobody any more who could do it. */
  over(one: Waiting): void {
    this.#leave(one);
    this.#underWay.delete(one.source, one);
    this.#turn();
  }

  #leave(one: Waiting): void {
    const queue = this.#waiting.get(one.source);
    if (queue?.delete(one) === true && queue.size === 0) this.#waiting.delete(one.source);
  }

  #turn(): void {
    if (this.#turning || this.#waiting.size === 0) return;
    this.#turning = true;
    this.#turns.later(() => {
      this.#turning = false;
      this.#look();
    });
  }

  /** Goes on while there is one that may begin; else the end of another brings the next turn. */
  #look(): void {
    const flood = this.#fresh > 0;
    this.#fresh = 0;
    if (flood && this.#taken < TAKEN_BETWEEN) return this.#turn();
    const next = this.#next();
    if (next === undefined) return;
    this.#leave(next);
    this.#underWay.add(next.source, next);
    this.#taken = 0;
    next.begin();
    this.#turn();
  }

  #next(): Waiting | undefined {
    let [best, least]: [string | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
    for (const source of this.#waiting.keys()) {
      const held = this.#turns.held(source);
      if (held >= least || this.#underWay.held(source) >= MAX_OF_SOURCE) continue;
      [best, least] = [source, held];
    }
    if (best === undefined || !this.#hasRoom(best)) return undefined;
    const [oldest] = this.#waiting.get(best) ?? [];
    return oldest;
  }

  #hasRoom(source: string): boolean {
    if (this.#underWay.size < MAX_UNDER_WAY) return true;
    const victim = this.#underWay.victimFor(source);
    if (victim === undefined) return false;
    this.#underWay.delete(victim.source, victim);
    victim.giveWay();
    return true;
  }
}
