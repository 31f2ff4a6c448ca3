/**
 * The last calls' messages, so that a ladder can be shown of a call that is already going wrong. The octets stand in one piece of memory
 * of fixed size in which the newest overwrite the oldest; calls and messages of a call have their caps. SRTP keys are not kept at
 * all: with them a recording of the media could be read after the call.
 */
import { CappedMap, type Flow } from "@ringfence/edge";
import type { Seen } from "./seen.ts";

const ROOM = 8 * 1024 * 1024;
const MESSAGES = 200;
/** Legs, hosts that were tried, REFERs beside the call. */
const NAMES = 32;

interface Kept {
  readonly at: number;
  readonly direction: Seen["direction"];
  readonly flow: Flow;
  /** Place in the call's Call-IDs: a part of the message's own text would keep all of it. */
  readonly name: number;
  /** Octets that were ever written before it. */
  readonly place: number;
  readonly length: number;
}

/** A call's messages; `dropped` are those that made room. */
export class KeptCall {
  readonly call: string;
  readonly callIds: string[] = [];
  messages: Kept[] = [];
  dropped = 0;

  constructor(call: string) {
    this.call = call;
  }
}

export class LadderRing {
  readonly #calls: CappedMap<string, KeptCall>;
  readonly #byCallId = new Map<string, KeptCall>();
  readonly #memory = Buffer.allocUnsafeSlow(ROOM);
  #written = 0;
  /** It is the newest of `#calls` already. */
  #last: KeptCall | undefined;

  /** @param calls that are kept; those that were silent for longest make room */
  constructor(calls: number) {
    this.#calls = new CappedMap(calls);
  }

  of(call: string): KeptCall | undefined {
    return this.#calls.get(call);
  }

  byCallId(callId: string): KeptCall | undefined {
    return this.#byCallId.get(callId);
  }

  name(call: string, callId: string): void {
    const ladder = this.#calls.get(call) ?? this.#open(call);
    if (ladder.callIds.length === NAMES || ladder.callIds.includes(callId)) return;
    ladder.callIds.push(callId);
    this.#byCallId.set(callId, ladder);
  }

  #open(call: string): KeptCall {
    const [, oldest] = (this.#calls.full && this.#calls.oldest) || [];
    // Another call may have taken the name since.
    for (const id of oldest?.callIds ?? []) if (this.#byCallId.get(id) === oldest) this.#byCallId.delete(id);
    const ladder = new KeptCall(call);
    this.#calls.set(call, ladder);
    this.#last = ladder;
    return ladder;
  }

  /** The hot path: fourteen times a call. */
  add(ladder: KeptCall, { at, direction, flow, callId, bytes }: Omit<Seen, "call">): void {
    if (ladder !== this.#last) {
      if (this.#calls.get(ladder.call) !== ladder) return;
      this.#calls.set(ladder.call, ladder);
      this.#last = ladder;
    }
    if (ladder.messages.length >= MESSAGES) {
      ladder.messages.shift();
      ladder.dropped++;
    }
    const name = ladder.callIds.indexOf(callId);
    ladder.messages.push({ at, direction, flow, name, place: this.#write(bytes), length: bytes.length });
  }

  /** What is still there, oldest first. */
  messages(ladder: KeptCall): readonly Seen[] {
    const there = ladder.messages.filter(({ place }) => place >= this.#written - ROOM);
    ladder.dropped += ladder.messages.length - there.length;
    ladder.messages = there;
    return there.map(({ name, place, length, ...facts }) => {
      const at = place % ROOM;
      const bytes = Buffer.from(this.#memory.subarray(at, at + length));
      return { ...facts, callId: ladder.callIds[name] ?? "", call: ladder.call, bytes };
    });
  }

  #write(bytes: Uint8Array): number {
    const left = ROOM - (this.#written % ROOM);
    if (left < bytes.length) this.#written += left;
    const place = this.#written;
    const at = place % ROOM;
    this.#memory.set(bytes, at);
    this.#written += bytes.length;
    hideKeys(this.#memory.subarray(at, at + bytes.length));
    return place;
  }
}

const KEY = Buffer.from("inline:");
const [STAR, SPACE, BAR] = [0x2a, 0x20, 0x7c];

/** RFC 4568 §6.1: the key goes on to a bar, a space or the line's end. */
function hideKeys(message: Buffer): void {
  for (let at = message.indexOf(KEY); at >= 0; at = message.indexOf(KEY, at)) {
    at += KEY.length;
    for (let octet = message[at] ?? 0; octet > SPACE && octet !== BAR; octet = message[++at] ?? 0) message[at] = STAR;
  }
}
