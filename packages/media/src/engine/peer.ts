/**
 * Who the far end of one socket is: the source that ICE selected, or else the one that latch.ts found.
 * Hot path: numbers and strings compared, nothing allocated.
 */

import type { Endpoint } from "./engine.ts";
import { Latch, type SocketRules, verdict } from "./latch.ts";

export class Peer {
  readonly latch = new Latch();
  #selects = false;
  #address = "";
  /** 0: ICE has selected nobody. */
  #port = 0;

  /** With ICE what was selected stays over a configure; without it, it is forgotten. */
  configure(rules: SocketRules, ice: boolean, now: number): void {
    if (!ice) this.select(undefined);
    this.#selects = ice;
    this.latch.configure(rules, now);
  }

  select(source: Endpoint | undefined): void {
    this.#address = source?.address ?? "";
    this.#port = source?.port ?? 0;
  }

  isSelected(address: string, port: number): boolean {
    return port === this.#port && address === this.#address;
  }

  get targetAddress(): string {
    return this.#selects ? this.#address : this.latch.targetAddress;
  }

  /** 0 while there is nowhere to send to. */
  get targetPort(): number {
    return this.#selects ? this.#port : this.latch.targetPort;
  }

  /** See Latch.peek. */
  peek(address: string, port: number, now: number): number {
    if (!this.#selects) return this.latch.peek(address, port, now);
    return this.isSelected(address, port) ? verdict.accepted : verdict.foreign;
  }

  /** See Latch.accept. What ICE selected needs no packets to prove itself. */
  accept(address: string, port: number, ssrc: number, payloadType: number, now: number): number {
    return this.#selects ? verdict.accepted : this.latch.accept(address, port, ssrc, payloadType, now);
  }
}
