/**
 * Which flows send more than is read, and which share of what they would begin the kernel shall give us, so that little has to be left
 * unread behind it: to take a datagram from the kernel only to leave it unread costs a twentieth of what to read it costs. While much
 * is left unread the share falls by as much, and rises slowly again.
 */
import type { Flow } from "../flow.ts";

/** So much may be left unread: else nobody would know whether there is room for more. */
const SPILL = 0.05;
/** In one sample at most: a pause of our own leaves much unread as well. */
const LEAST_FALL = 0.5;
/** In half a second to the double. */
const RISE = 1.15;
const LEAST = 0.02;
/** As many as the filter takes (native/flow-filter.h); more than these wait in their lines. */
const MAX_FLOWS = 128;
/** Left unread of one flow in one sample: one that had bad luck once is none of them. */
const MANY = 4;
/** Flows that are counted between two samples: sources may be forged, each for one datagram. */
const MOST_NOTED = 4_096;
/** I: a call may be one for help, and the kernel cannot tell. */
const INVITES = 0x49;

export class Spill {
  /** Left unread since the last sample of what the kernel can leave out, in all and by flow. */
  #unread = 0;
  readonly #spilt = new Map<string, number>();
  readonly #heavy = new Map<string, Flow>();
  #keep = 1;

  /** This was left unread. */
  note(flow: Flow, bytes: Uint8Array): void {
    if (flow.reliable || flow.side !== "phone" || bytes[0] === INVITES) return;
    this.#unread++;
    if (this.#heavy.has(flow.id)) return;
    const times = (this.#spilt.get(flow.id) ?? 0) + 1;
    if (times < MANY) {
      if (times > 1 || this.#spilt.size < MOST_NOTED) this.#spilt.set(flow.id, times);
    } else if (this.#heavy.size < MAX_FLOWS) this.#heavy.set(flow.id, flow);
  }

  /** @param read messages since the last sample. @returns undefined when nothing changed */
  sample(read: number): { readonly flows: readonly Flow[]; readonly keep: number } | undefined {
    const unread = this.#unread;
    this.#unread = 0;
    this.#spilt.clear();
    if (this.#heavy.size === 0) return undefined;
    const all = read + unread;
    const factor = unread > SPILL * all ? Math.max(LEAST_FALL, read / all) : unread > 0 ? 1 : RISE;
    this.#keep = Math.min(1, Math.max(LEAST, this.#keep * factor));
    if (this.#keep === 1) this.#heavy.clear();
    return { flows: [...this.#heavy.values()], keep: this.#keep };
  }
}
