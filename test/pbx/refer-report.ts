import type { Leg } from "./leg.ts";

const reasons = new Map([
  [100, "Trying"],
  [180, "Ringing"],
  [200, "OK"],
]);

/** What the party that sent REFER is told of it: NOTIFY with a SIP fragment (RFC 3515 §2.4.4), one after the other. */
export class ReferReport {
  readonly #leg: Leg;
  readonly #waiting: (() => void)[] = [];
  #sending = false;

  constructor(leg: Leg) {
    this.#leg = leg;
  }

  /** `then` when the NOTIFY was answered or nobody did. */
  say(status: number, then: () => void = () => {}): void {
    this.#waiting.push(() => this.#send(status, then));
    this.#next();
  }

  #next(): void {
    const send = this.#sending ? undefined : this.#waiting.shift();
    if (send === undefined) return;
    this.#sending = true;
    send();
  }

  #send(status: number, then: () => void): void {
    const state = status < 200 ? "active;expires=60" : "terminated;reason=noresource";
    const body = Buffer.from(`SIP/2.0 ${status} ${reasons.get(status) ?? "Failed"}\r\n`);
    let open = true;
    const done = () => {
      if (!open) return;
      open = false;
      this.#sending = false;
      then();
      this.#next();
    };
    this.#leg.request(
      "NOTIFY",
      [
        ["Event", "refer"],
        ["Subscription-State", state],
        ["Content-Type", "message/sipfrag;version=2.0"],
      ],
      body,
      { response: (response) => response.status >= 200 && done(), timeout: done },
    );
  }
}
