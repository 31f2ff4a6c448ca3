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
/** Parties of a call, and those that a transfer brings; each flow of theirs has a place. */
const FLOWS = 255;

/**
 * What stands before a message's octets: when it passed, its direction, the places of its flow and of its Call-ID among those of the call, and
 * its length. Objects of their own would be most of what a call leaves behind for the collector of garbage.
 */
const head = { at: 0, isOut: 8, flow: 9, name: 10, length: 11, size: 15 } as const;

/** A call's messages; `dropped` are those that made room. */
export class KeptCall {
  readonly call: string;
  readonly callIds: string[] = [];
  readonly flows: Flow[] = [];
  /** Of each message: octets that were ever written before it. */
  messages: number[] = [];
  dropped = 0;

  constructor(call: string) {
    this.call = call;
  }

  /** -1: there are too many. A flow is made anew for each datagram; one of each is kept. */
  placeOf(flow: Flow): number {
    const place = this.flows.findIndex(({ id, trunk }) => id === flow.id && trunk === flow.trunk);
    if (place >= 0) return place;
    return this.flows.length < FLOWS ? this.flows.push(flow) - 1 : -1;
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
    const flowPlace = ladder.placeOf(flow);
    if (flowPlace < 0) {
      ladder.dropped++;
      return;
    }
    const place = this.#room(head.size + bytes.length);
    const from = place % ROOM;
    this.#memory.writeDoubleLE(at, from + head.at);
    this.#memory[from + head.isOut] = direction === "out" ? 1 : 0;
    this.#memory[from + head.flow] = flowPlace;
    this.#memory[from + head.name] = Math.max(0, ladder.callIds.indexOf(callId));
    this.#memory.writeUInt32LE(bytes.length, from + head.length);
    this.#memory.set(bytes, from + head.size);
    hideKeys(this.#memory.subarray(from + head.size, from + head.size + bytes.length));
    ladder.messages.push(place);
  }

  /** What is still there, oldest first. */
  messages(ladder: KeptCall): readonly Seen[] {
    const there = ladder.messages.filter((place) => place >= this.#written - ROOM);
    ladder.dropped += ladder.messages.length - there.length;
    ladder.messages = there;
    return there.map((place) => this.#read(ladder, place % ROOM)).filter((seen) => seen !== undefined);
  }

  #read({ call, callIds, flows }: KeptCall, from: number): Seen | undefined {
    const flow = flows[this.#memory[from + head.flow] ?? 0];
    const begin = from + head.size;
    const end = begin + this.#memory.readUInt32LE(from + head.length);
    return (
      flow && {
        at: this.#memory.readDoubleLE(from + head.at),
        direction: this.#memory[from + head.isOut] === 1 ? "out" : "in",
        flow,
        callId: callIds[this.#memory[from + head.name] ?? 0] ?? "",
        call,
        bytes: Buffer.from(this.#memory.subarray(begin, end)),
      }
    );
  }

  /** In one piece: what does not fit before the end begins at the beginning. */
  #room(octets: number): number {
    const left = ROOM - (this.#written % ROOM);
    if (left < octets) this.#written += left;
    const place = this.#written;
    this.#written += octets;
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
