/**
 * Hot path. What one master key knows about each SSRC: the highest index and the replay window. RTP and RTCP have one table each.
 *
 * `indexFor` and `check` only read, `commit` only writes, and it is called after authentication (receiving) or after the packet was
 * encrypted (sending). An SSRC of which nothing has authenticated therefore has no entry.
 *
 * Nothing is ever evicted while the key lives. Evicting the least recently used SSRC looks kinder to a peer that takes a new SSRC at
 * each hold, but it forgets what was seen: recordings of the evicted stream authenticate again from ROC 0, each replayed stream
 * evicts another, and sixteen of them between two packets of the live stream take its ROC away. Sending, it would reuse a keystream.
 * So the table is larger than any honest call needs, only the holder of the key can fill it, and then new SSRCs are refused
 * (`ssrcLimit`) until the next offer brings a new key.
 */
import { srtpResult } from "./failure.ts";
import { ReplayWindow } from "./replay-window.ts";
import { estimateIndex, lastRtpIndex } from "./rollover.ts";

/** About 370 octets each, so at most 95 kB for a key whose holder keeps changing its SSRC; a normal call has one entry. */
export const maxSources = 256;

/** A sender of RTCP skips some indices when it resumes (protect.ts), which may lead past the last one. */
const lastResumed = lastRtpIndex + 2 ** 16;

/** The highest index of one SSRC. */
export interface SourceSnapshot {
  readonly ssrc: number;
  readonly index: number;
}

export class SourceTable {
  readonly #windows = new Map<number, ReplayWindow>();
  // Nearly every packet is of the same SSRC as the one before.
  #recentSsrc = -1;
  #recent: ReplayWindow | undefined;

  /** @throws RangeError for an index that no snapshot can hold */
  constructor(resumed: readonly SourceSnapshot[]) {
    for (const { ssrc, index } of resumed.slice(0, maxSources)) {
      if (!(index >= 0 && index <= lastResumed)) throw new RangeError(`no snapshot has the index ${index}`);
      this.#windows.set(ssrc, ReplayWindow.resumedAt(index));
    }
  }

  get size(): number {
    return this.#windows.size;
  }

  /** The estimated index of an RTP packet, or the negative code that refuses it. Reads only. */
  indexFor(ssrc: number, sequence: number): number {
    const window = this.#find(ssrc);
    // RFC 3711 §3.3.1: the rollover counter of a new stream is 0.
    const index = window === undefined ? sequence : estimateIndex(window.highest, sequence);
    if (index < 0) return srtpResult.old;
    const verdict = this.check(ssrc, index);
    return verdict < 0 ? verdict : index;
  }

  /** 0, or the negative code that refuses this index. Reads only. */
  check(ssrc: number, index: number): number {
    const window = this.#find(ssrc);
    if (window !== undefined) return window.check(index);
    return this.#windows.size < maxSources ? 0 : srtpResult.ssrcLimit;
  }

  /** The highest index of an SSRC; undefined before its first packet. */
  highest(ssrc: number): number | undefined {
    return this.#find(ssrc)?.highest;
  }

  /** Records an index that was let pass and whose packet is genuine. */
  commit(ssrc: number, index: number): void {
    let window = this.#find(ssrc);
    if (window === undefined) {
      window = new ReplayWindow(index);
      this.#windows.set(ssrc, window);
    }
    window.mark(index);
    this.#recentSsrc = ssrc;
    this.#recent = window;
  }

  snapshot(): readonly SourceSnapshot[] {
    return [...this.#windows].map(([ssrc, window]) => ({ ssrc, index: window.highest }));
  }

  #find(ssrc: number): ReplayWindow | undefined {
    return ssrc === this.#recentSsrc ? this.#recent : this.#windows.get(ssrc);
  }
}
