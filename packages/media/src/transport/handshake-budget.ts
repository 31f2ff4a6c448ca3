/** What handshakes may cost the process in all: 1.2 ms each, so half a processor when it is used up (threat L3). Pure. */
const perSecond = 400;
const burst = 400;

export class HandshakeBudget {
  #tokens = burst;
  #filledAt = 0;

  /** Whether another one may begin. One that may not is asked for again by the peer's next flight, or by our timer. */
  take(now: number): boolean {
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) * perSecond) / 1_000);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
