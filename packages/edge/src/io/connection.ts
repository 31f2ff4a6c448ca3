/** One TCP or TLS connection: framing (RFC 3261 §18.3), keep-alive (RFC 5626 §4.4.1), and deadlines for the slow (threat L10). */
import type { Socket } from "node:net";
import { StreamFramer } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { Receiver } from "./listener.ts";

/** A message that has begun must be whole within this time; keep-alives in between do not extend it. */
const MESSAGE_DEADLINE = 10_000;
/** Nothing at all for this long: phones keep alive or register again well within it. */
const IDLE_DEADLINE = 15 * 60_000;
/** A peer that does not read: what we may hold for it. */
const MAX_UNSENT = 1024 * 1024;

/** Messages that wait for a peer to show who it is; it has five seconds. */
const MAX_HELD = 256;

const pong = new Uint8Array([0x0d, 0x0a]);

export class Connection {
  readonly flow: Flow;
  readonly #socket: Socket;
  readonly #receiver: Receiver;
  readonly #framer = new StreamFramer();
  #slow: NodeJS.Timeout | undefined;
  #closed = false;
  #held: Uint8Array[] | undefined;

  constructor(flow: Flow, socket: Socket, receiver: Receiver, onClose: () => void) {
    this.flow = flow;
    this.#socket = socket;
    this.#receiver = receiver;
    socket.setNoDelay(true);
    socket.setTimeout(IDLE_DEADLINE, () => socket.destroy());
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    // Every error is followed by close; without a listener it would end the process.
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#closed = true;
      clearTimeout(this.#slow);
      onClose();
      receiver.flowLost(flow.id);
    });
  }

  /** What is sent waits here: OpenSSL would let it out with the last message of the handshake, before the peer is known. */
  hold(): void {
    this.#held = [];
  }

  release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const bytes of held) this.send(bytes);
  }

  send(bytes: Uint8Array): void {
    if (this.#closed) return;
    if (this.#held !== undefined) {
      if (this.#held.length < MAX_HELD) this.#held.push(bytes);
      return;
    }
    this.#socket.write(bytes);
    if (this.#socket.writableLength > MAX_UNSENT) this.#socket.destroy();
  }

  /** What was written still goes out. */
  end(): void {
    this.#socket.end(() => this.#socket.destroy());
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    // Nor is anything heard of a peer that is not known yet.
    if (this.#held !== undefined) return;
    for (const framed of this.#framer.push(chunk)) {
      if (this.#closed) return;
      switch (framed.kind) {
        case "message":
          this.#receiver.message(this.flow, framed.bytes);
          break;
        case "ping":
          this.send(pong);
          break;
        case "pong":
          break;
        case "broken":
          // The stream cannot be trusted from here on: desynchronised framing is request smuggling.
          this.#receiver.brokenStream(this.flow, framed.bytes);
          this.#socket.removeAllListeners("data");
          this.#socket.resume();
          return;
      }
    }
    this.#watch();
  }

  #watch(): void {
    if (!this.#framer.midMessage) {
      clearTimeout(this.#slow);
      this.#slow = undefined;
    } else {
      this.#slow ??= setTimeout(() => this.#socket.destroy(), MESSAGE_DEADLINE);
    }
  }
}
