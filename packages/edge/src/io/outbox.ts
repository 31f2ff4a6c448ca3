/**
 * Datagrams that wait for the end of this turn, one behind the other as native/datagram-socket.cc reads them: port, length and text of the
 * address, length and octets of the packet. What finds no room is lost, as it would be in the kernel: SIP over UDP repeats itself.
 */
import type { HostPort } from "../flow.ts";

const HEAD = 2 + 1 + 2;
/** What the length of a UDP datagram can say. */
const LONGEST = 65_535;

export class Outbox {
  readonly #octets: Buffer;
  readonly #flush: (octets: number) => number;
  #end = 0;
  #waiting = false;

  /** @param flush sends the first so many octets; says how many of them are gone */
  constructor(octets: Buffer, flush: (octets: number) => number) {
    this.#octets = octets;
    this.#flush = flush;
  }

  add({ address, port }: HostPort, packet: Uint8Array): void {
    if (packet.length > LONGEST) return;
    const needed = HEAD + address.length + packet.length;
    if (this.#end + needed > this.#octets.length) this.flush();
    if (this.#end + needed > this.#octets.length) return;
    let at = this.#octets.writeUInt16BE(port, this.#end);
    at = this.#octets.writeUInt8(address.length, at);
    at += this.#octets.write(address, at, "latin1");
    at = this.#octets.writeUInt16BE(packet.length, at);
    this.#octets.set(packet, at);
    this.#end = at + packet.length;
    if (this.#waiting) return;
    this.#waiting = true;
    process.nextTick(this.#onTurnEnd);
  }

  flush(): void {
    if (this.#end === 0) return;
    const gone = this.#flush(this.#end);
    this.#octets.copyWithin(0, gone, this.#end);
    this.#end -= gone;
  }

  readonly #onTurnEnd = (): void => {
    this.#waiting = false;
    this.flush();
  };
}
