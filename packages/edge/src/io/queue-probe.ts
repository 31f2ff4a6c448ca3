/**
 * How old what lies in the queues of our UDP sockets is when it is read. The event loop reads a few datagrams of a socket and turns to
 * others, so its own lag does not tell: behind it thousands may wait. A datagram to ourselves waits with them.
 */
import { createSocket, type Socket } from "node:dgram";
import { isIP } from "node:net";
import type { Endpoint } from "../flow.ts";

const TOKEN = 16;
/** A letter, which no gate takes for junk. */
const FIRST = 0x51;
/** A full queue loses ours too; what is as old will not come any more. */
const LOST_AFTER = 2_000;
/** Where none ever came back, something keeps us from ourselves, and nothing is known. */
const DEAF_AFTER = 10_000;

interface Sent {
  readonly number: number;
  readonly at: number;
}

export class QueueProbe {
  /** What ours begin with; nobody else knows it. */
  readonly mark: Buffer;
  readonly #sockets = new Map<string, Socket>();
  #sent: Sent[] = [];
  #number = 0;
  /** What the last that came back had waited, and when it came. */
  #age = 0;
  #cameAt = Number.NEGATIVE_INFINITY;

  /** @param random 16 octets: nobody else can say how old our queue is */
  constructor(random: Uint8Array) {
    this.mark = Buffer.concat([Buffer.of(FIRST), random.subarray(0, TOKEN)]);
  }

  send(now: number, { local }: Endpoint): void {
    this.#number = (this.#number + 1) >>> 0;
    this.#sent.push({ number: this.#number, at: now });
    const bytes = Buffer.alloc(this.mark.length + 4);
    this.mark.copy(bytes);
    bytes.writeUInt32BE(this.#number, this.mark.length);
    const six = isIP(local.address) === 6;
    const socket = this.#sockets.get(six ? "udp6" : "udp4") ?? this.#open(six ? "udp6" : "udp4");
    socket.send(bytes, local.port, reachable(local.address), () => {});
  }

  /** True: it was one of ours. */
  takes(now: number, bytes: Uint8Array): boolean {
    if (bytes.length !== this.mark.length + 4 || bytes[0] !== FIRST) return false;
    const own = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (!own.subarray(0, this.mark.length).equals(this.mark)) return false;
    const number = own.readUInt32BE(this.mark.length);
    const sent = this.#sent.find((one) => one.number === number);
    if (sent === undefined) return true;
    this.#age = now - sent.at;
    this.#cameAt = now;
    this.#sent = this.#sent.filter((one) => one.number > number);
    return true;
  }

  /** Milliseconds that a datagram waits now. */
  age(now: number): number {
    this.#sent = this.#sent.filter(({ at }) => now - at < LOST_AFTER);
    if (now - this.#cameAt > DEAF_AFTER) return 0;
    const waiting = this.#sent[0] === undefined ? 0 : now - this.#sent[0].at;
    return Math.max(this.#age, waiting);
  }

  close(): void {
    for (const socket of this.#sockets.values()) socket.close();
    this.#sockets.clear();
  }

  #open(type: "udp4" | "udp6"): Socket {
    const socket = createSocket(type);
    // It only sends, and what does not arrive is what it is about.
    socket.on("error", () => {});
    socket.unref();
    this.#sockets.set(type, socket);
    return socket;
  }
}

function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
