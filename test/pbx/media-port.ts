import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { isIP } from "node:net";

export interface PortRange {
  readonly address: string;
  readonly first: number;
  readonly last: number;
}

export type Receive = (packet: Buffer, from: RemoteInfo) => void;

/** RTP on an even port and RTCP on the next. */
export class PortPair {
  readonly port: number;
  readonly #rtp: Socket;
  readonly #rtcp: Socket;
  readonly #release: () => void;
  onRtp: Receive = () => {};
  onRtcp: Receive = () => {};

  constructor(port: number, rtp: Socket, rtcp: Socket, release: () => void) {
    this.port = port;
    this.#rtp = rtp;
    this.#rtcp = rtcp;
    this.#release = release;
    rtp.on("message", (packet, from) => this.onRtp(packet, from));
    rtcp.on("message", (packet, from) => this.onRtcp(packet, from));
  }

  sendRtp(packet: Buffer, port: number, address: string): void {
    this.#rtp.send(packet, port, address, ignore);
  }

  sendRtcp(packet: Buffer, port: number, address: string): void {
    this.#rtcp.send(packet, port, address, ignore);
  }

  close(): void {
    this.onRtp = () => {};
    this.onRtcp = () => {};
    this.#rtp.close();
    this.#rtcp.close();
    this.#release();
  }
}

const ignore = () => {};

/** Binds within the call: with an exclusive bind and a lookup that answers at once, Node needs no turn of the event loop. */
function bindNow(port: number, address: string): Socket | undefined {
  const type = isIP(address) === 6 ? "udp6" : "udp4";
  const socket = createSocket({ type, lookup: (host, _options, done) => done(null, host, isIP(host)) });
  let failed = false;
  socket.on("error", () => {
    failed = true;
  });
  let bound = false;
  socket.once("listening", () => {
    bound = true;
  });
  socket.bind({ port, address, exclusive: true });
  if (bound && !failed) return socket;
  socket.close();
  return undefined;
}

/** A small range of even ports, step 2, as captured (20400, 20402, ...). */
export class PortPool {
  readonly range: PortRange;
  readonly #used = new Map<number, PortPair>();
  #next: number;

  constructor(range: PortRange) {
    this.range = range;
    this.#next = range.first + (range.first % 2);
  }

  get inUse(): number {
    return this.#used.size;
  }

  /** Undefined when the range is used up. */
  open(): PortPair | undefined {
    const start = this.range.first + (this.range.first % 2);
    const pairs = Math.floor((this.range.last + 1 - start) / 2);
    for (let tried = 0; tried < pairs; tried += 1) {
      const port = this.#next;
      this.#next = port + 3 <= this.range.last ? port + 2 : start;
      const made = this.#used.has(port) ? undefined : this.#bind(port);
      if (made !== undefined) return made;
    }
    return undefined;
  }

  #bind(port: number): PortPair | undefined {
    const rtp = bindNow(port, this.range.address);
    if (rtp === undefined) return undefined;
    const rtcp = bindNow(port + 1, this.range.address);
    if (rtcp === undefined) {
      rtp.close();
      return undefined;
    }
    const pair = new PortPair(port, rtp, rtcp, () => this.#used.delete(port));
    this.#used.set(port, pair);
    return pair;
  }

  closeAll(): void {
    for (const pair of [...this.#used.values()]) pair.close();
  }
}
