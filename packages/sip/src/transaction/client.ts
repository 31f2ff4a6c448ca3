import { Bug } from "../bug.ts";
import type { OutRequest } from "../message/build.ts";
import type { Response } from "../message/message.ts";
import { serializeRequest } from "../message/serialize.ts";
import type { Millis, Random } from "../outside.ts";
import type { FlowRef, LargeWay, TxOutput } from "./flow.ts";
import {
  beginInviteClient,
  type InviteClientInput,
  type InviteClientState,
  stepInviteClient,
} from "./invite-client.ts";
import { clientKey, isAnswerPath, responseKey } from "./match.ts";
import { beginNonInviteClient, type NonInviteClientState, stepNonInviteClient } from "./non-invite-client.ts";
import { ackFor, cancelFor, type ExtraHeaders, freshBranch, withVia } from "./outbound.ts";
import { Records, type TimerHeap, type TxRecord } from "./records.ts";
import type { Action } from "./step.ts";
import { type TimerName, type TimerValues, timerTable } from "./timers.ts";

type Machine =
  | { readonly kind: "invite"; readonly state: InviteClientState }
  | { readonly kind: "other"; readonly state: NonInviteClientState };

type Input = InviteClientInput;

interface ClientRecord extends TxRecord {
  readonly branch: string;
  /**
   * With our Via; kept for the ACK and CANCEL of an INVITE. Both gone with the final response: the record stays for half
   * a minute more, and needs to know only that it had one.
   */
  request: OutRequest | undefined;
  bytes: Uint8Array | undefined;
  machine: Machine;
  ack: Uint8Array | undefined;
  cancel: { readonly id: number; readonly headers: ExtraHeaders; sent: boolean } | undefined;
  /** Of a request that was too large for it: the way it goes when nobody took it on this one. */
  readonly instead: LargeWay | undefined;
}

/** What is ready to go out on one way. */
interface Prepared {
  readonly request: OutRequest;
  readonly bytes: Uint8Array;
  readonly flow: FlowRef;
  readonly branch: string;
  readonly instead?: LargeWay | undefined;
}

export interface Ways extends LargeWay {
  /** Octets. */
  readonly largest?: number;
  readonly large?: () => LargeWay | undefined;
}

export interface SideOptions {
  readonly heap: TimerHeap;
  readonly timers: TimerValues;
  readonly max: number;
  readonly nextId: () => number;
}

/** What set the machine in motion, for the outputs that carry it on. */
interface Cause {
  readonly now: Millis;
  readonly response?: Response;
}

/** Client transactions, RFC 3261 §17.1 and §9.1. */
export class ClientTransactions {
  readonly #options: SideOptions;
  readonly #random: Random;
  readonly #records: Records<ClientRecord>;
  readonly #reliable;
  readonly #unreliable;

  constructor(options: SideOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#records = new Records(options.heap);
    this.#reliable = timerTable(options.timers, "reliable");
    this.#unreliable = timerTable(options.timers, "unreliable");
  }

  get size(): number {
    return this.#records.size;
  }

  send(now: Millis, request: OutRequest, ways: Ways): { id: number; out: readonly TxOutput[] } | undefined {
    if (request.method === "ACK") throw new Bug("an ACK has no transaction of its own");
    if (this.#records.size >= this.#options.max) return undefined;
    let branch = freshBranch(this.#random);
    while (this.#records.byKey(clientKey(branch, request.method)) !== undefined) branch = freshBranch(this.#random);
    const id = this.#options.nextId();
    return { id, out: this.#start(now, id, bySize(request, ways, branch)) };
  }

  /**
   * RFC 3261 §9.1. Undefined when there is nothing to cancel: the INVITE is unknown, has its final response, or was
   * cancelled before. CANCEL goes over the table's limit, once for each INVITE in it, or a full table could not empty.
   */
  cancel(now: Millis, inviteId: number, headers: ExtraHeaders): { id: number; out: readonly TxOutput[] } | undefined {
    const invite = this.#records.byId(inviteId);
    if (invite === undefined || invite.cancel !== undefined || invite.machine.kind !== "invite") return undefined;
    const { state } = invite.machine;
    if (state !== "calling" && state !== "proceeding") return undefined;
    const id = this.#options.nextId();
    invite.cancel = { id, headers, sent: false };
    // §9.1: before a provisional response CANCEL might overtake the INVITE, so it is remembered until one comes.
    return { id, out: state === "calling" ? [] : this.#sendCancel(now, invite) };
  }

  onResponse(now: Millis, response: Response, flow: FlowRef): readonly TxOutput[] {
    const key = responseKey(response);
    const record = key === undefined ? undefined : this.#records.byKey(key);
    if (record === undefined || !isAnswerPath(record.flow, flow)) return [{ kind: "stray", response }];
    const out = this.#run(record, { kind: "response", status: response.status }, { now, response });
    if (record.machine.state === "accepted" || record.machine.state === "completed") {
      record.request = undefined;
      record.bytes = undefined;
    }
    if (record.cancel?.sent !== false || record.machine.state !== "proceeding") return out;
    return [...out, ...this.#sendCancel(now, record)];
  }

  /** Undefined when the id is not a client's. */
  onTimer(now: Millis, id: number, timer: TimerName): readonly TxOutput[] | undefined {
    const record = this.#records.byId(id);
    if (record === undefined) return undefined;
    const waited = this.#records.fired(record, timer);
    return waited === undefined ? [] : this.#run(record, { kind: "timer", timer, waited }, { now });
  }

  onFlowLost(now: Millis, flowId: string): readonly TxOutput[] {
    return this.#records
      .onFlow(flowId)
      .flatMap((record) => this.#reroute(now, record) ?? this.#run(record, { kind: "transport-error" }, { now }));
  }

  /** RFC 3261 §18.1.1: what nobody took over TCP is a datagram after all. Undefined: it was heard, or has no other way. */
  #reroute(now: Millis, record: ClientRecord): readonly TxOutput[] | undefined {
    const { id, flow, branch, request, instead, machine, cancel } = record;
    const unheard = machine.state === "calling" || machine.state === "trying";
    if (instead === undefined || request === undefined || cancel !== undefined || !unheard) return undefined;
    this.#records.remove(record);
    const bare = { ...request, headers: request.headers.clone().remove("Via") };
    return [{ kind: "rerouted", id, flow }, ...this.#start(now, id, prepared(bare, instead, branch))];
  }

  #start(now: Millis, id: number, { request, bytes, flow, branch, instead }: Prepared): readonly TxOutput[] {
    const timers = this.#timersOf(flow);
    const invite = request.method === "INVITE";
    const record: ClientRecord = {
      id,
      key: clientKey(branch, request.method),
      flow,
      branch,
      request,
      bytes,
      machine: invite ? { kind: "invite", state: "calling" } : { kind: "other", state: "trying" },
      ack: undefined,
      cancel: undefined,
      instead,
    };
    this.#records.add(record);
    return this.#act(record, (invite ? beginInviteClient(timers) : beginNonInviteClient(timers)).out, { now });
  }

  #sendCancel(now: Millis, invite: ClientRecord): readonly TxOutput[] {
    if (invite.cancel === undefined || invite.request === undefined) {
      throw new Bug("only a cancelled INVITE without a final response sends CANCEL");
    }
    invite.cancel.sent = true;
    const { id, headers } = invite.cancel;
    const request = cancelFor(invite.request, headers);
    const { flow, branch } = invite;
    return [
      ...this.#start(now, id, { request, bytes: serializeRequest(request), flow, branch }),
      ...this.#run(invite, { kind: "cancelled" }, { now }),
    ];
  }

  #run(record: ClientRecord, input: Input, cause: Cause): readonly TxOutput[] {
    const { machine } = record;
    const timers = this.#timersOf(record.flow);
    if (machine.kind === "invite") {
      const { next, out } = stepInviteClient(machine.state, input, timers);
      if (next !== "terminated") record.machine = { kind: "invite", state: next };
      return this.#act(record, out, cause);
    }
    if (input.kind === "cancelled") throw new Bug("only an INVITE is cancelled");
    const { next, out } = stepNonInviteClient(machine.state, input, timers);
    if (next !== "terminated") record.machine = { kind: "other", state: next };
    return this.#act(record, out, cause);
  }

  #act(record: ClientRecord, actions: readonly Action[], cause: Cause): readonly TxOutput[] {
    const out: TxOutput[] = [];
    const { id, flow } = record;
    for (const action of actions) {
      if (action.kind === "arm") this.#records.arm(record, action.timer, cause.now, action.after);
      else if (action.kind === "clear") this.#records.clear(record);
      else if (action.kind === "send") out.push({ kind: "transmit", flow, bytes: bytesToSend(record, action, cause) });
      else if (action.kind === "tell") out.push(told(id, action, cause));
      else {
        this.#records.remove(record);
        // A CANCEL still waiting for its provisional response was promised to the user: it ends with its INVITE.
        if (record.cancel?.sent === false) out.push({ kind: "ended", id: record.cancel.id });
        out.push({ kind: "ended", id });
      }
    }
    return out;
  }

  #timersOf(flow: FlowRef) {
    return flow.reliable ? this.#reliable : this.#unreliable;
  }
}

function prepared(request: OutRequest, { flow, via }: LargeWay, branch: string): Prepared {
  const whole = withVia(request, via, branch);
  return { request: whole, bytes: serializeRequest(whole), flow, branch };
}

function bySize(request: OutRequest, { flow, via, largest, large }: Ways, branch: string): Prepared {
  const usual = prepared(request, { flow, via }, branch);
  const other = largest !== undefined && usual.bytes.length > largest ? large?.() : undefined;
  return other === undefined ? usual : { ...prepared(request, other, branch), instead: { flow, via } };
}

/** Built once, so that every copy is the same bytes. */
function bytesToSend(record: ClientRecord, action: Extract<Action, { kind: "send" }>, cause: Cause): Uint8Array {
  if (action.what !== "ack") {
    if (record.bytes === undefined) throw new Bug("a request that has its final response is not repeated");
    return record.bytes;
  }
  if (record.ack === undefined) {
    if (cause.response === undefined || record.request === undefined) throw new Bug("an ACK answers a response");
    record.ack = ackFor(record.request, cause.response);
  }
  return record.ack;
}

function told(id: number, action: Extract<Action, { kind: "tell" }>, cause: Cause): TxOutput {
  if (action.what === "timeout" || action.what === "transport-error") return { kind: action.what, id };
  if (action.what === "response" && cause.response !== undefined) {
    return { kind: "response", id, response: cause.response };
  }
  throw new Bug(`a client machine does not tell ${action.what}`);
}
