/** Ports that must not be handed out yet: a first-in first-out rest, because late packets of the last call still arrive. */

/**
 * How long a released pair rests. A peer that missed a BYE hears the second and third copy after 0.5 s and 1.5 s
 * (RFC 3261 T1), so two seconds let it fall silent; nothing is listening meanwhile, the kernel drops what comes.
 */
export const drainMs = 2_000;
/** How long a port that another process holds is passed over. */
export const quarantineMs = 30_000;

export class PortDrain {
  readonly #ready = new Map<number, number>();

  /** `until`: when the port may be used again. */
  add(port: number, until: number): void {
    this.#ready.set(port, until);
  }

  has(port: number): boolean {
    return this.#ready.has(port);
  }

  /** Removes and returns the ports whose rest is over. The map holds at most the ports of the range. */
  takeReady(now: number): readonly number[] {
    const ready: number[] = [];
    for (const [port, until] of this.#ready) if (until <= now) ready.push(port);
    for (const port of ready) this.#ready.delete(port);
    return ready;
  }

  get size(): number {
    return this.#ready.size;
  }
}
