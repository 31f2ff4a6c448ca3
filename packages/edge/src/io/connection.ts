/** One TCP, TLS or WebSocket connection from its first octet on, and the deadlines that it lives under (threat L10). */
import { sourceOf } from "../address.ts";
import type { Flow } from "../flow.ts";
import type { CloseReason, ConnectionDeadlines } from "./close-reason.ts";
import type { Receiver } from "./listener.ts";

/** A peer that does not read: what we may hold for it. */
const MAX_UNSENT = 1024 * 1024;

/** Messages that wait for a peer to show who it is; it has as long as a handshake has. */
const MAX_HELD = 256;

/** How messages are written to this connection: as octets of a stream, or as WebSocket frames. */
export interface Channel {
  write(bytes: Uint8Array): void;
  /** Octets that were written and have not left. */
  readonly unsent: number;
  /** After `message` said no: what came since is read, as far as it says yes again. */
  goOn(): void;
  /** What was written still goes out. */
  end(): void;
}

/** What a piece of octets was, seen by the framing. */
export interface Heard {
  /** A whole message ended in it; keep-alives are none. */
  readonly whole: boolean;
  /** A message has begun and not ended. */
  readonly partial: boolean;
}

export class Connection {
  readonly flow: Flow;
  /** Who it counts for. */
  readonly source: string;
  /** It has its place among strangers until somebody registers on it. */
  readonly limited: boolean;
  readonly #receiver: Receiver;
  /** Ends the socket at once, whatever is above it. */
  readonly #cut: () => void;
  readonly #openedAt = performance.now();
  #channel: Channel | undefined;
  #readyAt: number | undefined;
  #heardAt = this.#openedAt;
  #keptAt = this.#openedAt;
  #partialSince: number | undefined;
  /** It is not read: that nothing comes is our doing. */
  #waits = false;
  #spoken = false;
  #deaf = false;
  #endingSince: number | undefined;
  #why: CloseReason | undefined;
  #closed = false;
  /** The rules in force would not take it: it goes with what is on it. */
  isForbidden = false;
  #held: Uint8Array[] | undefined;

  constructor(flow: Flow, limited: boolean, receiver: Receiver, cut: () => void) {
    this.flow = flow;
    this.source = sourceOf(flow.packetSource.address);
    this.limited = limited;
    this.#receiver = receiver;
    this.#cut = cut;
  }

  /** From now on it can be written to. */
  attach(channel: Channel): void {
    this.#channel = channel;
  }

  /** Handshakes are done: messages may come. */
  ready(): void {
    this.#readyAt = performance.now();
    this.#heardAt = this.#readyAt;
    this.#keptAt = this.#readyAt;
  }

  /** False: there are no turns for more, and the channel reads nothing until it is told to go on. */
  message(bytes: Uint8Array): boolean {
    // Nothing is heard of a peer that is not known yet.
    if (this.#closed || this.#deaf || this.#held !== undefined) return true;
    this.#waits = !this.#receiver.message(this.flow, bytes, false);
    return !this.#waits;
  }

  goOn(): void {
    this.#waits = false;
    this.#partialSince = undefined;
    this.#channel?.goOn();
  }

  /** The stream cannot be trusted from here on: desynchronised framing is request smuggling. */
  broken(bytes: Uint8Array): void {
    if (this.#closed || this.#deaf) return;
    this.#deaf = true;
    this.#why = "broken";
    this.#receiver.brokenStream(this.flow, bytes);
    this.end();
  }

  /** The message timer starts with the first octet of a message and ends with its last; nothing in between moves it. */
  heard({ whole, partial }: Heard): void {
    const now = performance.now();
    this.#heardAt = now;
    if (whole) {
      this.#spoken = true;
      this.#partialSince = undefined;
    }
    if (!partial) this.#partialSince = undefined;
    else this.#partialSince ??= now;
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
    if (this.#closed || this.#channel === undefined) return;
    if (this.#held !== undefined) {
      if (this.#held.length < MAX_HELD) this.#held.push(bytes);
      return;
    }
    this.#channel.write(bytes);
    this.checkUnsent();
  }

  checkUnsent(): void {
    if ((this.#channel?.unsent ?? 0) > MAX_UNSENT) this.cut("not-reading");
  }

  end(): void {
    if (this.#closed) return;
    this.#why ??= "ours";
    this.#endingSince ??= performance.now();
    if (this.#channel === undefined) this.#cut();
    else this.#channel.end();
  }

  cut(why: CloseReason): void {
    this.#why ??= why;
    this.#cut();
  }

  /** The socket is gone. */
  closed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#receiver.closed(this.#why ?? (this.#readyAt === undefined ? "handshake" : "peer"));
    // Before its handshake was done nothing could have been said over it.
    if (this.#channel !== undefined) this.#receiver.flowLost(this.flow.id);
  }

  /** Cuts what is overdue. `kept`: a registration or a call is on this flow. */
  judge(now: number, deadlines: ConnectionDeadlines, kept: boolean): void {
    if (kept) this.#keptAt = now;
    const why = this.isForbidden && !kept ? "forbidden" : this.#overdue(now, deadlines);
    if (why !== undefined) this.cut(why);
  }

  #overdue(now: number, deadlines: ConnectionDeadlines): CloseReason | undefined {
    const since = (at: number | undefined, limit: number): boolean => at !== undefined && now - at > limit;
    if (this.#endingSince !== undefined) return since(this.#endingSince, deadlines.goodbye) ? "ours" : undefined;
    if (this.#readyAt === undefined) return since(this.#openedAt, deadlines.handshake) ? "handshake" : undefined;
    if (!this.#waits && since(this.#partialSince, deadlines.message)) return "slow-message";
    if (this.flow.side === "phone") {
      if (!this.#spoken && since(this.#openedAt, deadlines.first)) return "silent";
      if (since(this.#keptAt, deadlines.unregistered)) return "unregistered";
    }
    return since(this.#heardAt, deadlines.idle) ? "idle" : undefined;
  }
}
