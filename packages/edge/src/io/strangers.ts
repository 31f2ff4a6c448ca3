/**
 * Connections on which nobody has registered, in all: an attack from many addresses is within the cap of each. Who registers
 * or calls is a stranger no more and cannot be pushed out; configured peers and `defence.allow` never were.
 */
import type { Connection } from "./connection.ts";
import { FairPool } from "./fair-pool.ts";

export class Strangers {
  readonly #pool = new FairPool<Connection>();

  get size(): number {
    return this.#pool.size;
  }

  held(source: string): number {
    return this.#pool.held(source);
  }

  /** Again and again, with what is known of the flow now. */
  consider(connection: Connection, kept: boolean): void {
    if (!connection.limited) return;
    if (kept) this.leave(connection);
    else this.#pool.add(connection.source, connection);
  }

  leave(connection: Connection): void {
    this.#pool.delete(connection.source, connection);
  }

  /**
   * Whether one more connection of this source may come; one of another source may have to go for it.
   * @param kept a registration or a call is on this flow
   */
  makeRoom(source: string, limit: number, kept: (flowId: string) => boolean): boolean {
    while (this.#pool.size >= limit) {
      const victim = this.#pool.victimFor(source);
      if (victim === undefined) return false;
      this.leave(victim);
      // It has become somebody since it was looked at last.
      if (kept(victim.flow.id)) continue;
      victim.cut("made-room");
      return true;
    }
    return true;
  }
}
