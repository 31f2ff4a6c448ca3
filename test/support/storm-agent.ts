/**
 * What a user agent of the storm has below its manners: transactions, dialogs by Call-ID, and a network that promises
 * nothing. Its transactions are those of the product, so that it repeats itself as phones do.
 */
import {
  Deadlines,
  type Dialog,
  type FlowRef,
  type Message,
  type OutRequest,
  type Request,
  type Response,
  requestInDialog,
  responseTo,
  TransactionTable,
  type TxOutput,
  type TxTimer,
} from "@ringfence/sip";
import { answer } from "./sip-script.ts";

/** What a user needs of the world: time, dice, and a network that does not promise anything. */
export interface StormWire {
  now(): number;
  later(milliseconds: number, action: () => void): void;
  random(): number;
  octets(count: number): Uint8Array;
  send(flow: FlowRef, bytes: Uint8Array): void;
}

export type Headers = readonly (readonly [string, string])[];

export interface Talk {
  readonly flow: FlowRef;
  readonly contact: string;
  dialog: Dialog | undefined;
  /** Our INVITE on its way. */
  sent: { readonly id: number; readonly request: OutRequest } | undefined;
  /** Theirs that waits for our final answer. */
  ringing: { readonly id: number; readonly request: Request } | undefined;
  cancelled: boolean;
  acknowledged: boolean;
  over: boolean;
}

export abstract class StormAgent {
  protected readonly wire: StormWire;
  protected readonly contact: string;
  protected readonly talks = new Map<string, Talk>();
  protected readonly byTransaction = new Map<number, Talk>();
  #heap = new Deadlines<TxTimer>();
  #table: TransactionTable;

  /** @param contact user part and address, as its Contact says */
  constructor(wire: StormWire, contact: string) {
    this.wire = wire;
    this.contact = contact;
    this.#table = this.#newTable();
  }

  protected abstract onRequest(id: number, request: Request, flow: FlowRef): void;
  protected abstract onResponse(id: number, response: Response): void;
  protected abstract onCancel(id: number, target: number | undefined, request: Request): void;

  #newTable(): TransactionTable {
    const { octets } = this.wire;
    return new TransactionTable({ deadlines: this.#heap, random: octets, maxServer: 1e6, maxClient: 1e6 });
  }

  /** Forgets every call and transaction, as a PBX does that is started again. */
  restart(): void {
    this.#heap = new Deadlines();
    this.#table = this.#newTable();
    this.talks.clear();
    this.byTransaction.clear();
  }

  next(): number | undefined {
    return this.#heap.next();
  }

  fire(now: number): void {
    const event = this.#heap.popDue(now);
    if (event !== undefined) this.#act(this.#table.onTimer(now, event));
  }

  receive(flow: FlowRef, message: Message): void {
    const now = this.wire.now();
    if (message.kind === "request") this.#act(this.#table.onRequest(now, message, flow));
    else this.#act(this.#table.onResponse(now, message, flow));
  }

  protected talk(flow: FlowRef, callId: string): Talk {
    const talk: Talk = {
      flow,
      contact: `<${this.contact}>`,
      dialog: undefined,
      sent: undefined,
      ringing: undefined,
      cancelled: false,
      acknowledged: false,
      over: false,
    };
    this.talks.set(callId, talk);
    // Long after the last call of that name.
    this.wire.later(1_500_000, () => this.talks.get(callId) === talk && this.talks.delete(callId));
    return talk;
  }

  protected chance(share: number): boolean {
    return this.wire.random() < share;
  }

  protected pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.wire.random() * from.length)] as T;
  }

  protected send(flow: FlowRef, request: OutRequest): number | undefined {
    const { address, port } = flow.packetSource;
    const via = { transport: flow.reliable ? "TLS" : "UDP", host: address, port };
    const started = this.#table.sendRequest(this.wire.now(), request, { flow, via });
    if (started !== undefined) this.#act(started.out);
    return started?.id;
  }

  protected respond(
    talk: Talk | undefined,
    id: number,
    request: Request,
    status: number,
    headers: Headers = [],
    body = "",
  ): void {
    const tag = talk?.dialog?.localTag ?? "none";
    const sdp = body === "" ? {} : { body: Buffer.from(body, "latin1"), contentType: "application/sdp" };
    const whole = responseTo(request, status, { toTag: tag, headers, ...sdp });
    this.#act(this.#table.respond(this.wire.now(), id, whole));
  }

  #act(outputs: readonly TxOutput[]): void {
    for (const output of outputs) {
      if (output.kind === "transmit") this.wire.send(output.flow, output.bytes);
      else if (output.kind === "request") this.onRequest(output.id, output.request, output.flow);
      else if (output.kind === "response") this.onResponse(output.id, output.response);
      else if (output.kind === "ended") this.byTransaction.delete(output.id);
      else if (output.kind === "ack") this.#onAck(output.request);
      else if (output.kind === "cancel") this.onCancel(output.id, output.target, output.request);
    }
  }

  protected acknowledge(talk: Talk, request: OutRequest): void {
    if (talk.dialog === undefined) return;
    const { address, port } = talk.flow.packetSource;
    const cseq = Number.parseInt(request.headers.get("CSeq") ?? "1", 10);
    const { request: ack } = requestInDialog(talk.dialog, "ACK", cseq);
    const late = request.body.length === 0;
    if (late) ack.headers.set("Content-Type", "application/sdp");
    const whole = { ...ack, body: late ? Buffer.from(answer, "latin1") : ack.body };
    this.wire.send(talk.flow, this.#table.buildStateless(whole, { transport: "UDP", host: address, port }));
  }

  /** Says something in the dialog; an INVITE's answer comes back to it. */
  protected say(talk: Talk, method: string, extra: Headers = [], body = ""): void {
    if (talk.dialog === undefined || talk.over) return;
    const { dialog, request } = requestInDialog(talk.dialog, method);
    talk.dialog = dialog;
    request.headers.set("Contact", talk.contact);
    for (const [name, value] of extra) request.headers.add(name, value);
    if (body !== "") request.headers.set("Content-Type", "application/sdp");
    const whole = { ...request, body: Buffer.from(body, "latin1") };
    const id = this.send(talk.flow, whole);
    if (id === undefined || method !== "INVITE") return;
    talk.sent = { id, request: whole };
    talk.acknowledged = false;
    this.byTransaction.set(id, talk);
  }

  protected cancel(id: number): void {
    const cancelled = this.#table.cancel(this.wire.now(), id);
    if (cancelled !== undefined) this.#act(cancelled.out);
  }

  #onAck(request: Request): void {
    const talk = this.talks.get(request.callId);
    if (talk !== undefined) talk.acknowledged = true;
  }
}
