/** Marks of one direction over the life of a call: one for each window of some seconds, so that the worst is seen and not averaged away. */
import { type LineFacts, mosOfLine } from "./mos.ts";

/** Long enough for a percent of loss to show, short enough for a person to have noticed. */
const windowMs = 5_000;
/** A window with fewer packets than a second of speech tells nothing. */
const fewestPackets = 50;

export class Score {
  /** Of the last whole window; undefined before there was one. */
  last: number | undefined;
  worst: number | undefined;
  /** Windows in a row below the threshold. */
  poorWindows = 0;
  #sum = 0;
  #windows = 0;
  #expected = 0;
  #received = 0;
  #since: number | undefined;

  get average(): number | undefined {
    return this.#windows === 0 ? undefined : this.#sum / this.#windows;
  }

  /** What a report counted. `line`: what else the mark depends on, as it is now. */
  add(expected: number, received: number, line: Omit<LineFacts, "lossRate">, poorBelow: number, now: number): void {
    this.#since ??= now;
    this.#expected += expected;
    this.#received += received;
    if (now - this.#since < windowMs) return;
    this.close(line, poorBelow);
    this.#since = now;
  }

  /** A mark that comes ready, such as that of a peer's own report. */
  mark(mos: number, poorBelow: number): void {
    this.last = mos;
    this.worst = Math.min(this.worst ?? mos, mos);
    this.#sum += mos;
    this.#windows++;
    this.poorWindows = mos < poorBelow ? this.poorWindows + 1 : 0;
  }

  /** Ends the window before its time: the call is over. */
  close(line: Omit<LineFacts, "lossRate">, poorBelow: number): void {
    const lost = Math.max(0, this.#expected - this.#received);
    if (this.#expected >= fewestPackets) {
      this.mark(mosOfLine({ ...line, lossRate: lost / this.#expected }), poorBelow);
    }
    this.#expected = 0;
    this.#received = 0;
    this.#since = undefined;
  }
}
