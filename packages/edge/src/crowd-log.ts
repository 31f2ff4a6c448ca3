/** The line that says that the places of strangers are full: at most one a minute, with what happened since the last. */
import type { EdgeEvent } from "./events.ts";
import type { CloseReason } from "./io/close-reason.ts";

const EVERY = 60_000;

export class CrowdLog {
  #last = Number.NEGATIVE_INFINITY;
  #madeRoom = 0;
  #refused = 0;

  /** `now` in milliseconds of any clock that only rises. */
  note(reason: CloseReason, now: number): EdgeEvent | undefined {
    if (reason !== "made-room" && reason !== "strangers-full") return undefined;
    if (reason === "made-room") this.#madeRoom++;
    else this.#refused++;
    if (now - this.#last < EVERY) return undefined;
    const detail = `places of strangers are full: ${this.#madeRoom} gave theirs up, ${this.#refused} got none`;
    this.#last = now;
    this.#madeRoom = 0;
    this.#refused = 0;
    return { event: "connection", level: "warn", reason: "strangers-full", detail };
  }
}
