/**
 * Guessing is slowed down, and nobody can be locked out by it. Who fails waits, longer each time: a user's name at one place, so that
 * what a stranger does elsewhere keeps nobody from signing in. Where many places guess one name, places that this user never signed in
 * from wait as well. A known place, and the machine itself, never waits longer than half a minute.
 */
import { Capped } from "../door/capped.ts";

interface Failures {
  readonly count: number;
  readonly until: number;
}

/** So many are forgiven: people mistype. */
const forgiven = 3;
const longestKnown = 30_000;
const longest = 900_000;
/** From anywhere, within `longest`: then only known places go on at once. */
const mostAnywhere = 20;
const most = 4_000;

export class Lockout {
  readonly #places = new Capped<Failures>(most);
  readonly #names = new Capped<Failures>(most);

  /** Milliseconds to wait; 0: go on. @param known the user signed in from there before, or it is the machine itself */
  wait(now: number, user: string, place: string, known: boolean): number {
    const here = this.#places.get(keyOf(user, place));
    const waits = here === undefined ? 0 : here.until - now;
    const anywhere = this.#names.get(user);
    const sprayed = !known && anywhere !== undefined && anywhere.count >= mostAnywhere ? anywhere.until - now : 0;
    return Math.max(0, known ? Math.min(waits, longestKnown) : waits, sprayed);
  }

  failed(now: number, user: string, place: string, known: boolean): void {
    const key = keyOf(user, place);
    const before = this.#places.get(key);
    // Long after the last wait it begins anew.
    const count = before === undefined || now - before.until > longest ? 1 : before.count + 1;
    const cap = known ? longestKnown : longest;
    const wait = count < forgiven ? 0 : Math.min(cap, 1_000 * 2 ** Math.min(20, count - forgiven));
    this.#places.set(key, { count, until: now + wait });
    const name = this.#names.get(user);
    const times = name === undefined || now > name.until ? 1 : name.count + 1;
    this.#names.set(user, { count: times, until: now + longest });
  }

  passed(user: string, place: string): void {
    this.#places.delete(keyOf(user, place));
  }
}

function keyOf(user: string, place: string): string {
  return `${place} ${user}`;
}
