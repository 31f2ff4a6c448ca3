/**
 * Packets on their way to a collector, over UDP, TCP or TLS. A collector that is slow or away costs a queue of fixed size and then packets,
 * never a call: what finds no place is counted. Its certificate is always verified, by its name.
 */
import { createSocket } from "node:dgram";
import { isIP, connect as openTcp, type Socket } from "node:net";
import { connect as openTls } from "node:tls";

export interface HepPlace {
  readonly transport: "udp" | "tcp" | "tls";
  readonly host: string;
  readonly port: number;
  /** PEM; undefined: the system's authorities. */
  readonly authorities: string | undefined;
}

/** Octets that wait, in the queue and in the socket each. */
const MOST_WAITING = 2 * 1024 * 1024;
const FIRST_RETRY = 1_000;
const LONGEST_RETRY = 30_000;
const KEEPALIVE = 30_000;
const CONNECTS_WITHIN = 10_000;
/** Of UDP nobody knows that it arrives, only, later, that it does not; and who accepts may hang up: so long it has to hold. */
const SETTLED_AFTER = 5_000;

/** One attempt to be connected; says `up` once, `down` once. */
interface Line {
  write(packet: Buffer): void;
  /** Octets that it has not passed on. */
  waiting(): number;
  close(): void;
}

interface LineEvents {
  up(): void;
  /** @param why the end of a sentence */
  down(why: string): void;
}

export interface HepSenderOptions {
  readonly place: HepPlace;
  /** Told when packets begin to be lost for want of a collector, and (undefined) when they arrive again. */
  readonly onTrouble: (why: string | undefined) => void;
  /** Tests shorten it. */
  readonly settleMs?: number;
}

export class HepSender {
  readonly #options: HepSenderOptions;
  readonly #queue: Buffer[] = [];
  #queued = 0;
  #line: Line;
  #up = false;
  #closed = false;
  #trouble = false;
  #retryMs = FIRST_RETRY;
  #timer: NodeJS.Timeout | undefined;
  sent = 0;
  dropped = 0;

  constructor(options: HepSenderOptions) {
    this.#options = options;
    this.#line = this.#open();
  }

  send(packet: Buffer): void {
    if (this.#up && this.#line.waiting() + packet.length <= MOST_WAITING) {
      this.sent++;
      return this.#line.write(packet);
    }
    if (this.#up || this.#queued + packet.length > MOST_WAITING) {
      this.dropped++;
      return;
    }
    this.#queue.push(packet);
    this.#queued += packet.length;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#line.close();
  }

  #open(): Line {
    const { place } = this.#options;
    const events: LineEvents = { up: () => this.#onUp(), down: (why) => this.#onDown(why) };
    return place.transport === "udp" ? udpLine(place, events) : streamLine(place, events);
  }

  #onUp(): void {
    this.#up = true;
    this.#timer = setTimeout(() => this.#onSettled(), this.#options.settleMs ?? SETTLED_AFTER).unref();
    const waited = this.#queue.splice(0);
    this.#queued = 0;
    for (const packet of waited) this.send(packet);
  }

  #onSettled(): void {
    this.#retryMs = FIRST_RETRY;
    if (this.#trouble) this.#options.onTrouble(undefined);
    this.#trouble = false;
  }

  #onDown(why: string): void {
    this.#up = false;
    clearTimeout(this.#timer);
    if (this.#closed) return;
    if (!this.#trouble) this.#options.onTrouble(why);
    this.#trouble = true;
    this.#timer = setTimeout(() => {
      this.#line = this.#open();
    }, this.#retryMs).unref();
    this.#retryMs = Math.min(LONGEST_RETRY, 2 * this.#retryMs);
  }
}

/** Connected, so that the system says when nobody is there, and a name is looked up once. */
function udpLine({ host, port }: HepPlace, { up, down }: LineEvents): Line {
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
  let over = false;
  const end = (error: Error): void => {
    if (over) return;
    over = true;
    socket.close();
    down(reasonOf(error));
  };
  socket.on("error", end);
  socket.on("connect", up);
  socket.connect(port, host);
  socket.unref();
  return {
    write: (packet) => socket.send(packet, (error) => error && end(error)),
    waiting: () => socket.getSendQueueSize(),
    close() {
      if (!over) socket.close();
      over = true;
    },
  };
}

function streamLine({ transport, host, port, authorities }: HepPlace, { up, down }: LineEvents): Line {
  const named = isIP(host) === 0 ? { servername: host } : {};
  const trust = authorities === undefined ? {} : { ca: authorities };
  const tls = transport === "tls";
  const socket: Socket = tls
    ? openTls({ host, port, ...named, ...trust, minVersion: "TLSv1.2" })
    : openTcp({ host, port });
  let why = "it closed the connection";
  socket.setKeepAlive(true, KEEPALIVE);
  const late = setTimeout(() => socket.destroy(new Error("no connection in time")), CONNECTS_WITHIN);
  socket.on(tls ? "secureConnect" : "connect", () => {
    clearTimeout(late);
    up();
  });
  socket.on("error", (error) => {
    why = reasonOf(error);
  });
  socket.on("close", () => {
    clearTimeout(late);
    down(why);
  });
  // What a collector says is read and thrown away: it is to say nothing.
  socket.resume();
  socket.unref();
  return {
    write: (packet) => void socket.write(packet),
    waiting: () => socket.writableLength,
    close: () => socket.destroy(),
  };
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return error.code ?? error.message;
}
