/** A host on loopback: one UDP socket with an inbox. Different 127/8 addresses stand for different hosts. */
import { createSocket, type Socket } from "node:dgram";

export interface Datagram {
  readonly bytes: Buffer;
  readonly address: string;
  readonly port: number;
}

export class UdpHost {
  readonly #socket: Socket;
  readonly #inbox: Datagram[] = [];
  readonly #waiting: ((datagram: Datagram) => void)[] = [];
  /** Everything that ever arrived. */
  received = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (bytes, source) => {
      this.received++;
      const datagram = { bytes, address: source.address, port: source.port };
      const waiting = this.#waiting.shift();
      if (waiting === undefined) this.#inbox.push(datagram);
      else waiting(datagram);
    });
  }

  static async open(address: string, port = 0): Promise<UdpHost> {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, address, () => resolve());
    });
    return new UdpHost(socket);
  }

  /** An even port and the odd one above it, as RTP and RTCP want them. */
  static async openPair(address: string): Promise<readonly [UdpHost, UdpHost]> {
    for (;;) {
      const first = await UdpHost.open(address);
      const sibling =
        first.port % 2 === 0 ? await UdpHost.open(address, first.port + 1).catch(() => undefined) : undefined;
      if (sibling !== undefined) return [first, sibling];
      first.close();
    }
  }

  get address(): string {
    return this.#socket.address().address;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Resolves when the kernel has it. */
  send(bytes: Uint8Array, port: number, address: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, port, address, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** The next datagram, now or when it comes. The test's own time limit bounds the wait. */
  next(): Promise<Datagram> {
    const waiting = this.#inbox.shift();
    if (waiting !== undefined) return Promise.resolve(waiting);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What has arrived and was not taken by `next`. */
  drain(): readonly Datagram[] {
    return this.#inbox.splice(0);
  }

  close(): void {
    this.#socket.close();
  }
}

/** An RTP packet with 160 octets of payload. */
export function rtpPacket(o: {
  readonly sequence: number;
  readonly ssrc?: number;
  readonly type?: number;
  readonly fill?: number;
}): Buffer {
  const packet = Buffer.alloc(172, o.fill ?? 0xd5);
  packet[0] = 0x80;
  packet[1] = o.type ?? 0;
  packet.writeUInt16BE(o.sequence & 0xffff, 2);
  packet.writeUInt32BE((o.sequence * 160) >>> 0, 4);
  packet.writeUInt32BE(o.ssrc ?? 0x11223344, 8);
  return packet;
}

/** An empty RTCP receiver report. */
export function rtcpPacket(ssrc = 0x11223344): Buffer {
  const packet = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 0]);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}
