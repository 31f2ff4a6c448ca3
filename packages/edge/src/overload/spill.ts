/**
 * Which flows send more than is read, and which share of what they would begin the kernel shall give us. To take a datagram from the kernel
 * only to leave it unread costs a twentieth of what to read it costs, so little shall be left unread behind the filter; but some, for a
 * thread that has nothing to read serves nobody. The share follows what was read and left in the last half second: a pause of our own
 * fills lines and empties none, and is made up for by what waits.
 */
import type { Flow } from "../flow.ts";

/** For so many that were read one shall be left unread: what comes is uneven, and what waits in the lines is not to end before more comes. */
const SPILL = 0.15;
/** In one sample. */
const STEP = { least: 0.7, most: 1.2 };
/** When all was read: at the next sample there shall be enough. */
const RISE = 1.5;
/** How much of what was counted before counts beside the last sample. */
const MEMORY = 0.7;
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
  /** Of the last half second. */
  readonly #lately = { read: 0, unread: 0 };

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

  /** @param read messages since the last sample. @param dry at some moment there was nothing to read. @returns undefined: nothing changed */
  sample(read: number, dry: boolean): { readonly flows: readonly Flow[]; readonly keep: number } | undefined {
    const lately = this.#lately;
    lately.read = MEMORY * lately.read + read;
    lately.unread = MEMORY * lately.unread + this.#unread;
    const spilt = this.#unread > 0;
    this.#unread = 0;
    this.#spilt.clear();
    if (this.#heavy.size === 0) return undefined;
    const wanted = ((1 + SPILL) * lately.read) / Math.max(1, lately.read + lately.unread);
    const factor = dry && !spilt ? RISE : Math.min(STEP.most, Math.max(STEP.least, wanted));
    this.#keep = Math.min(1, Math.max(LEAST, this.#keep * factor));
    if (this.#keep === 1) this.#heavy.clear();
    return { flows: [...this.#heavy.values()], keep: this.#keep };
  }
}
