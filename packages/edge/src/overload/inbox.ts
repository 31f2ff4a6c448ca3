/**
 * What has come and was not read yet, a line for each flow. Lines have their turns one after the other, so a flow that sends more than
 * its share waits behind itself and not before others: a phone that says one thing is heard in the round it came in. What would
 * begin something new and has waited too long is left unread, as the kernel leaves what finds its buffer full; its sender repeats it.
 * Nobody repeats what a connection carries, and none need be read: while the line of a phone's connection is long the rest waits with the phone, but
 * for calls.
 *
 * Pure: time is an argument, and who reads it decides when.
 */
import type { Millis } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { Fifo } from "./fifo.ts";

/** `peer`: PBX and trunks. `known`: a registration or a call is on the flow. */
export type Lane = "peer" | "known" | "stranger";

export interface Waiting {
  readonly flow: Flow;
  readonly bytes: Uint8Array;
}

interface Entry extends Waiting {
  readonly at: Millis;
  /** Nothing of its flow waited when it came. */
  readonly alone: boolean;
}

interface Line {
  readonly flowId: string;
  readonly lane: Lane;
  readonly entries: Fifo<Entry>;
  octets: number;
  /** Its connection is not read. */
  stopped: boolean;
}

export interface InboxOptions {
  readonly laneOf: (flow: Flow) => Lane;
  /** It would begin something new: it may be left unread. */
  readonly mayWait: (bytes: Uint8Array) => boolean;
  readonly onUnread: (flow: Flow, bytes: Uint8Array) => void;
}

/**
 * Who has a turn when all of them have something: a stranger now and then, for he may become known; the PBX more often than phones, for what
 * it says about one request is two messages (an answer and a NOTIFY), and a line of its that grows makes everybody late.
 */
const turns: readonly Lane[] = ["peer", "known", "peer", "known", "peer", "stranger", "peer", "known"];
const lanes: readonly Lane[] = ["peer", "known", "stranger"];

/** Half of T1: whoever is answered later has said it again already (RFC 3261 §17.1.1.2). */
const PATIENCE: Millis = 250;
/** Timers B and F: over a connection nothing is said again, and whoever is answered later has given up. */
const PATIENCE_OF_CONNECTION: Millis = 32_000;
/** From so many messages or octets on a phone's connection is not read, and from half as many messages on it is again. */
const ENOUGH = 16;
const ENOUGH_OCTETS = 16 * 1024;
/** Of one line, and in all. The first is more than a burst of one phone, the second what a kernel's buffer would hold. */
const MAX_OCTETS_OF_LINE = 512 * 1024;
const MAX_OCTETS = 16 * 1024 * 1024;
/**
 * Messages in a line, from which on none that would begin something is added. A trunk carries the calls of many. Known phones share a
 * tenth of a second's work: one that asks for a hundred things at once is heard, and among many that flood nobody waits long behind himself.
 */
const longLines: Readonly<Record<Lane, number>> = { peer: 1_024, known: 16, stranger: 16 };
const SHARED_BY_KNOWN = 1_024;
/** I. */
const INVITES = 0x49;

export class Inbox {
  readonly #options: InboxOptions;
  readonly #lines = new Map<string, Line>();
  readonly #waiting: Readonly<Record<Lane, Fifo<Line>>> = {
    peer: new Fifo(),
    known: new Fifo(),
    stranger: new Fifo(),
  };
  /** Flows whose connection can be read again. */
  #roomy: string[] = [];
  #octets = 0;
  #turn = 0;
  #unread = 0;
  #lag: Millis = 0;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  /** Messages that were left unread, since the start of the process. */
  get unread(): number {
    return this.#unread;
  }

  /** Whether a message of this flow has room; if not, it counts as unread. Asked before anything is copied. */
  hasRoom(flow: Flow, bytes: Uint8Array): boolean {
    const line = this.#lines.get(flow.id);
    const full = this.#octets + bytes.length > MAX_OCTETS || (line !== undefined && this.#isLong(line, flow, bytes));
    if (full) this.#leave(flow, bytes);
    return !full;
  }

  /** @returns false: nothing more is to be read of this connection until `takeRoomy` names it */
  put(now: Millis, flow: Flow, bytes: Uint8Array): boolean {
    const line = this.#lines.get(flow.id) ?? this.#open(flow);
    line.entries.add({ flow, bytes, at: now, alone: line.entries.size === 0 });
    line.octets += bytes.length;
    this.#octets += bytes.length;
    const enough = line.entries.size >= ENOUGH || line.octets >= ENOUGH_OCTETS || this.#octets > MAX_OCTETS / 2;
    line.stopped ||= enough && canWaitOutside(flow, bytes) && this.#options.mayWait(bytes);
    return !line.stopped;
  }

  /** Flows whose line was long and is not any more, since this was asked last. */
  takeRoomy(): readonly string[] {
    const roomy = this.#roomy;
    this.#roomy = [];
    return roomy;
  }

  /** The next to be read. */
  next(now: Millis): Waiting | undefined {
    for (let line = this.#nextLine(); line !== undefined; line = this.#nextLine()) {
      const entry = this.#take(line);
      if (line.entries.size > 0) this.#waiting[line.lane].add(line);
      else this.#lines.delete(line.flowId);
      if (entry === undefined) continue;
      const waited = now - entry.at;
      const patience = canWaitOutside(entry.flow, entry.bytes) ? PATIENCE_OF_CONNECTION : PATIENCE;
      if (waited > patience && this.#options.mayWait(entry.bytes)) {
        this.#leave(entry.flow, entry.bytes);
        continue;
      }
      if (line.lane === "peer" || (line.lane === "known" && entry.alone)) this.#lag = Math.max(this.#lag, waited);
      return entry;
    }
    return undefined;
  }

  /** All that waits of one flow, in the order it came: before it is said that the flow is gone. */
  drain(flowId: string): readonly Waiting[] {
    const line = this.#lines.get(flowId);
    const found: Entry[] = [];
    if (line === undefined) return found;
    line.stopped = false;
    for (let entry = this.#take(line); entry !== undefined; entry = this.#take(line)) found.push(entry);
    // The line has still its place in the round, and ends there.
    return found;
  }

  /** The longest that somebody waited since this was asked last who has not himself to thank for it. */
  takeLag(): Millis {
    const lag = this.#lag;
    this.#lag = 0;
    return lag;
  }

  #leave(flow: Flow, bytes: Uint8Array): void {
    this.#unread++;
    this.#options.onUnread(flow, bytes);
  }

  #isLong({ lane, entries, octets }: Line, flow: Flow, bytes: Uint8Array): boolean {
    if (octets + bytes.length > MAX_OCTETS_OF_LINE) return true;
    if (entries.size < longLines[lane] || canWaitOutside(flow, bytes)) return false;
    if (lane === "known" && entries.size * this.#lines.size < SHARED_BY_KNOWN) return false;
    return this.#options.mayWait(bytes);
  }

  #open(flow: Flow): Line {
    const line: Line = {
      flowId: flow.id,
      lane: this.#options.laneOf(flow),
      entries: new Fifo(),
      octets: 0,
      stopped: false,
    };
    this.#lines.set(flow.id, line);
    this.#waiting[line.lane].add(line);
    return line;
  }

  #nextLine(): Line | undefined {
    const preferred = turns[this.#turn] ?? "known";
    this.#turn = (this.#turn + 1) % turns.length;
    const line = this.#waiting[preferred].take();
    if (line !== undefined) return line;
    for (const lane of lanes) {
      const other = this.#waiting[lane].take();
      if (other !== undefined) return other;
    }
    return undefined;
  }

  #take(line: Line): Entry | undefined {
    const entry = line.entries.take();
    if (entry === undefined) return undefined;
    line.octets -= entry.bytes.length;
    this.#octets -= entry.bytes.length;
    if (line.stopped && line.entries.size <= ENOUGH / 2) {
      line.stopped = false;
      this.#roomy.push(line.flowId);
    }
    return entry;
  }
}

/**
 * A phone's connection is its own; over one of the PBX or a trunk the calls of many go on, and it is read whatever comes. A call takes so much work
 * that those which wait outside would be answered when nobody listens any more, and the end of each would wait behind the beginning of others.
 */
function canWaitOutside({ reliable, side }: Flow, bytes: Uint8Array): boolean {
  return reliable && side === "phone" && bytes[0] !== INVITES;
}
