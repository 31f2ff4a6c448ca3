/**
 * Requests to instances, over a transport that loses, repeats and delays: what to send when, which answer belongs to which
 * request, and when to give up. No sockets, clock or dice: time and random octets come in, what to do goes out.
 *
 * A request is sent at 0, 250 and 750 ms and given up at 1500 ms. Every sending carries the same cookie, so that an
 * instance that has carried the command out already repeats its answer instead (it keeps them for ten seconds).
 */
import { frame, type NgCommand, type NgReply, readFrame } from "./ng-message.ts";

/** Milliseconds that a sending waits for its answer: the next sending follows, or the end. */
export const patienceMs = [250, 500, 750] as const;

/** Requests under way at most. A thousand calls that all end at once are far below it. */
const maxPending = 8_192;
const cookieOctets = 12;

export type RequestId = number;
/** Place of an instance in the list of them. */
export type InstanceId = number;

export type ClientOutput =
  | { readonly kind: "send"; readonly instance: InstanceId; readonly octets: Uint8Array }
  | {
      readonly kind: "answered";
      readonly request: RequestId;
      readonly instance: InstanceId;
      readonly reply: NgReply;
    }
  /** `since`: when it was sent first. */
  | {
      readonly kind: "timed-out";
      readonly request: RequestId;
      readonly instance: InstanceId;
      readonly since: number;
    };

interface Pending {
  readonly request: RequestId;
  readonly instance: InstanceId;
  readonly octets: Uint8Array;
  readonly since: number;
  sendings: number;
  deadline: number;
}

export class NgClient {
  readonly #random: (octets: number) => Uint8Array;
  /**
   * One map for each sending, cookie → request. Whatever is in one map waits equally long and came in order of time, so
   * that the first of each map has its earliest deadline: three queues are the whole heap.
   */
  readonly #waiting: readonly Map<string, Pending>[] = patienceMs.map(() => new Map());
  #nextRequest = 1;
  /** Datagrams that were no answer to anything: repeated ones, late ones, and forgeries. */
  strays = 0;

  constructor(random: (octets: number) => Uint8Array) {
    this.#random = random;
  }

  get pending(): number {
    return this.#waiting.reduce((sum, queue) => sum + queue.size, 0);
  }

  /** Undefined: too many under way, which is an instance that swallows everything. */
  request(now: number, instance: InstanceId, command: NgCommand): readonly [RequestId, ClientOutput] | undefined {
    if (this.pending >= maxPending) return undefined;
    const cookie = Buffer.from(this.#random(cookieOctets)).toString("hex");
    const request = this.#nextRequest++;
    const octets = frame(cookie, command);
    this.#queue(0).set(cookie, { request, instance, octets, since: now, sendings: 1, deadline: now + patienceMs[0] });
    return [request, { kind: "send", instance, octets }];
  }

  /** A datagram that came from that instance's address. */
  receive(instance: InstanceId, octets: Uint8Array): readonly ClientOutput[] {
    const read = readFrame(octets);
    const found = read && this.#find(read.cookie);
    // A cookie that is right from an instance that was not asked is somebody's guess or a mix-up: nothing is ended by it.
    if (read === undefined || found === undefined || found.pending.instance !== instance) {
      this.strays++;
      return [];
    }
    found.queue.delete(read.cookie);
    return [{ kind: "answered", request: found.pending.request, instance, reply: read.reply }];
  }

  /** Whatever is due: sent again, or given up. */
  advance(now: number): readonly ClientOutput[] {
    const outputs: ClientOutput[] = [];
    for (const [place, queue] of this.#waiting.entries()) {
      for (const [cookie, pending] of queue) {
        if (pending.deadline > now) break;
        queue.delete(cookie);
        outputs.push(this.#next(now, place, cookie, pending));
      }
    }
    return outputs;
  }

  get nextDeadline(): number | undefined {
    let next: number | undefined;
    for (const queue of this.#waiting) {
      for (const { deadline } of queue.values()) {
        if (next === undefined || deadline < next) next = deadline;
        break;
      }
    }
    return next;
  }

  #next(now: number, place: number, cookie: string, pending: Pending): ClientOutput {
    const { request, instance, octets, since } = pending;
    const wait = patienceMs[place + 1];
    if (wait === undefined) return { kind: "timed-out", request, instance, since };
    pending.sendings++;
    pending.deadline = now + wait;
    this.#queue(place + 1).set(cookie, pending);
    return { kind: "send", instance, octets };
  }

  #queue(place: number): Map<string, Pending> {
    const queue = this.#waiting[place];
    if (queue === undefined) throw new Error(`no queue ${place}`);
    return queue;
  }

  #find(cookie: string): { readonly queue: Map<string, Pending>; readonly pending: Pending } | undefined {
    for (const queue of this.#waiting) {
      const pending = queue.get(cookie);
      if (pending !== undefined) return { queue, pending };
    }
    return undefined;
  }
}
