/**
 * What known sources may send at the gate, as a share of their rates, so that little of what they send has to be left unread behind it:
 * what the gate refuses in native code costs a tenth of what is refused here. While much is left unread the share falls by as much,
 * and rises slowly again: a source that sends less than its share never notices.
 */

/** So much may be left unread: else nobody would know whether there is room for more. */
const SPILL = 0.05;
/** In one sample at most. */
const LEAST_FALL = 0.6;
/** In a second of ten samples by half. */
const RISE = 1.05;
/** Below it every rate is that of a stranger. */
const LEAST = 0.01;

export class FairShare {
  #share = 1;

  /** @param read messages since the last sample, and those that were left `unread`. @returns 0 to 1 */
  sample(read: number, unread: number): number {
    const all = read + unread;
    const spilt = unread > SPILL * all;
    const factor = spilt ? Math.max(LEAST_FALL, read / all) : unread > 0 ? 1 : RISE;
    this.#share = Math.min(1, Math.max(LEAST, this.#share * factor));
    return this.#share;
  }
}
