/**
 * How many packets one master key may protect, RFC 3711 §9.2: 2^48 SRTP and 2^31 SRTCP packets, counted over all SSRCs, or fewer
 * when SDP says so (`|2^20`, RFC 4568 §6.1). Then the key is dead: more packets would repeat a keystream.
 */
export const rtpLifetime: number = 2 ** 48;
export const rtcpLifetime: number = 2 ** 31;

export class PacketBudget {
  readonly #limit: number;
  #used: number;

  constructor(limit: number, used: number) {
    this.#limit = limit;
    this.#used = used;
  }

  get used(): number {
    return this.#used;
  }

  get spent(): boolean {
    return this.#used >= this.#limit;
  }

  take(): void {
    this.#used += 1;
  }
}
