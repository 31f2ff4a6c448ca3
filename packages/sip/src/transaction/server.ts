import { Bug } from "../bug.ts";
import type { OutResponse } from "../message/build.ts";
import type { Request } from "../message/message.ts";
import { serializeResponse } from "../message/serialize.ts";
import type { Millis } from "../outside.ts";
import { Answered } from "./answered.ts";
import type { SideOptions } from "./client.ts";
import type { FlowRef, TxOutput } from "./flow.ts";
import {
  beginInviteServer,
  type InviteServerInput,
  type InviteServerState,
  stepInviteServer,
} from "./invite-server.ts";
import { mergeKey, serverKey } from "./match.ts";
import { beginNonInviteServer, type NonInviteServerState, stepNonInviteServer } from "./non-invite-server.ts";
import { Records, type TxRecord } from "./records.ts";
import { type Action, end, send } from "./step.ts";
import { type TimerName, timerTable } from "./timers.ts";

type Machine =
  | { readonly kind: "invite"; readonly state: InviteServerState }
  | { readonly kind: "other"; readonly state: NonInviteServerState };

interface ServerRecord extends TxRecord {
  machine: Machine;
  readonly merge: string | undefined;
  /** The last response sent: what a copy of the request gets. As latin1 text once it only waits for copies. */
  last: Uint8Array | string | undefined;
}

/** Of the table: each is memory that perhaps nobody asks for. At 5,000 a second they still wait for five seconds. */
const MOST_ANSWERED = 0.25;

interface Cause {
  readonly now: Millis;
  readonly request?: Request;
}

/**
 * How a response leaves.
 * `stateful`: the transaction of RFC 3261 §17.2.
 * Bytes: exactly these, in place of the response's own; copies of the request draw them again, timer G does not.
 * `once`: send and forget, as the stateless server of §8.2.7. `silent`: forget without sending.
 * The last three are for a source that may be forged: one datagram never draws two, nor anything longer than itself.
 */
export type RespondMode = "stateful" | "once" | "silent" | Uint8Array;

/** Server transactions, RFC 3261 §17.2 and §9.2. */
export class ServerTransactions {
  readonly #options: SideOptions;
  readonly #records: Records<ServerRecord>;
  readonly #answered = new Answered<ServerRecord>();
  /** Ids by what copies of one request have in common. */
  readonly #merges = new Map<string, number>();
  readonly #reliable;
  readonly #unreliable;
  /** The same request is asked about before it is judged, and again once it is admitted. */
  #keyed: { readonly request: Request; readonly flow: FlowRef; readonly key: string } | undefined;

  constructor(options: SideOptions) {
    this.#options = options;
    this.#records = new Records(options.heap);
    this.#reliable = timerTable(options.timers, "reliable");
    this.#unreliable = timerTable(options.timers, "unreliable");
  }

  get size(): number {
    return this.#records.size;
  }

  /** Of these, those that only wait for copies of their request, and make room when it is needed. */
  get answered(): number {
    return this.#answered.size;
  }

  /** Undefined when the table is full and the request is dropped: its sender retransmits into a later moment. */
  onRequest(now: Millis, request: Request, flow: FlowRef): readonly TxOutput[] | undefined {
    const record = this.#records.byKey(this.#keyOf(request, flow));
    if (request.method === "ACK") {
      if (record === undefined) return [{ kind: "ack", request, flow }];
      return this.#run(record, { kind: "ack" }, { now, request });
    }
    if (record !== undefined) return this.#run(record, { kind: "request" }, { now, request });
    const isCancel = request.method === "CANCEL";
    const target = isCancel ? this.#records.byKey(serverKey(request, flow, "INVITE"))?.id : undefined;
    const full = this.#records.size >= this.#options.max;
    const ended = full ? this.#giveUp(now) : [];
    // A CANCEL that has a target may pass the limit, once for each INVITE: refusing it would keep the table full.
    if (full && ended.length === 0 && target === undefined) return undefined;
    const id = this.#start(now, request, flow);
    return [
      ...ended,
      isCancel ? { kind: "cancel", id, target, request, flow } : { kind: "request", id, request, flow },
    ];
  }

  has(request: Request, flow: FlowRef): boolean {
    if (this.#records.byKey(this.#keyOf(request, flow)) !== undefined) return true;
    return request.method === "CANCEL" && this.#records.byKey(serverKey(request, flow, "INVITE")) !== undefined;
  }

  /** RFC 3261 §8.2.2.2, for a request that is not in the table: a copy of it is, which came another way. */
  isMerged(request: Request): boolean {
    const key = mergeKey(request);
    return key !== undefined && this.#merges.has(key);
  }

  #keyOf(request: Request, flow: FlowRef): string {
    if (this.#keyed?.request !== request || this.#keyed.flow !== flow) {
      this.#keyed = { request, flow, key: serverKey(request, flow) };
    }
    return this.#keyed.key;
  }

  respond(now: Millis, id: number, response: OutResponse, mode: RespondMode): readonly TxOutput[] {
    const record = this.#records.byId(id);
    if (record === undefined) return [];
    if (mode === "silent") return this.#act(record, [end], { now });
    const before = record.last;
    const octets = mode instanceof Uint8Array ? mode : serializeResponse(response);
    record.last = octets;
    if (mode === "once") return this.#act(record, [send("response"), end], { now });
    const repeat = mode === "stateful" ? "timed" : "on-request";
    const out = this.#run(record, { kind: "respond", status: response.status, repeat }, { now });
    // The machine refused it (a final response stands): copies of the request keep getting the one that was sent.
    record.last = out.some((output) => output.kind === "transmit") ? toKeep(record, octets) : before;
    return this.#answered.size > this.#options.max * MOST_ANSWERED ? [...out, ...this.#giveUp(now)] : out;
  }

  #giveUp(now: Millis): readonly TxOutput[] {
    const { first } = this.#answered;
    return first === undefined ? [] : this.#act(first, [end], { now });
  }

  /** Undefined when the id is not a server's. */
  onTimer(now: Millis, id: number, timer: TimerName): readonly TxOutput[] | undefined {
    const record = this.#records.byId(id);
    if (record === undefined) return undefined;
    const waited = this.#records.fired(record, timer);
    return waited === undefined ? [] : this.#run(record, { kind: "timer", timer, waited }, { now });
  }

  onFlowLost(now: Millis, flowId: string): readonly TxOutput[] {
    return this.#records.onFlow(flowId).flatMap((record) => this.#run(record, { kind: "transport-error" }, { now }));
  }

  #start(now: Millis, request: Request, flow: FlowRef): number {
    const id = this.#options.nextId();
    const invite = request.method === "INVITE";
    const timers = this.#timersOf(flow);
    const merge = mergeKey(request);
    const record: ServerRecord = {
      id,
      merge,
      key: this.#keyOf(request, flow),
      flow,
      machine: invite ? { kind: "invite", state: "proceeding" } : { kind: "other", state: "trying" },
      last: undefined,
    };
    this.#records.add(record);
    if (merge !== undefined && !this.#merges.has(merge)) this.#merges.set(merge, id);
    this.#act(record, (invite ? beginInviteServer(timers) : beginNonInviteServer(timers)).out, { now });
    return id;
  }

  #run(record: ServerRecord, input: InviteServerInput, cause: Cause): readonly TxOutput[] {
    const { machine } = record;
    const timers = this.#timersOf(record.flow);
    if (machine.kind === "invite") {
      const { next, out } = stepInviteServer(machine.state, input, timers);
      if (next !== "terminated") record.machine = { kind: "invite", state: next };
      return this.#act(record, out, cause);
    }
    if (input.kind === "ack") throw new Bug("an ACK matches an INVITE only");
    const { next, out } = stepNonInviteServer(machine.state, input, timers);
    if (next !== "terminated") record.machine = { kind: "other", state: next };
    if (next === "completed") this.#answered.add(record);
    return this.#act(record, out, cause);
  }

  #act(record: ServerRecord, actions: readonly Action[], cause: Cause): readonly TxOutput[] {
    const out: TxOutput[] = [];
    const { id, flow } = record;
    for (const action of actions) {
      if (action.kind === "arm") this.#records.arm(record, action.timer, cause.now, action.after);
      else if (action.kind === "clear") this.#records.clear(record);
      else if (action.kind === "send") {
        // A copy of an INVITE before any response: the user has not sent its 100 yet.
        if (record.last !== undefined) out.push({ kind: "transmit", flow, bytes: octetsOf(record.last) });
      } else if (action.kind === "tell") out.push(told(record, action, cause));
      else {
        this.#records.remove(record);
        this.#answered.delete(record);
        if (record.merge !== undefined && this.#merges.get(record.merge) === id) this.#merges.delete(record.merge);
        out.push({ kind: "ended", id });
      }
    }
    return out;
  }

  #timersOf(flow: FlowRef) {
    return flow.reliable ? this.#reliable : this.#unreliable;
  }
}

/**
 * A transaction that has its final response stays for half a minute, and thousands of them at a time: it keeps no more
 * than it can be asked for. Octets are a piece of a larger block, which stays as long as the smallest piece of it; text
 * is its own. After a 2xx to INVITE nothing: its copies are absorbed, and the user repeats it (RFC 6026 §8.5).
 */
function toKeep({ machine }: ServerRecord, octets: Uint8Array): Uint8Array | string | undefined {
  if (machine.state === "accepted") return undefined;
  if (machine.state !== "completed") return octets;
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString("latin1");
}

function octetsOf(last: Uint8Array | string): Uint8Array {
  return typeof last === "string" ? Buffer.from(last, "latin1") : last;
}

function told(record: ServerRecord, action: Extract<Action, { kind: "tell" }>, cause: Cause): TxOutput {
  const { id, flow } = record;
  if (action.what === "ack-timeout" || action.what === "transport-error") return { kind: action.what, id };
  if (action.what === "ack" && cause.request !== undefined) return { kind: "ack", request: cause.request, flow };
  throw new Bug(`a server machine does not tell ${action.what}`);
}
