import { allowed, tableLimit } from "./core.ts";
import type { Knobs } from "./knobs.ts";
import { parseNameAddr, parseVia, rebuildVia, tagOf, type Via } from "./sip-address.ts";
import { cseqOf, type Header, header, headerList, type SipRequest, serializeSip } from "./sip-message.ts";
import { newTag, type Timers } from "./timers.ts";
import type { Flow, Transport } from "./transport.ts";

export interface Reply {
  readonly headers?: readonly Header[];
  readonly body?: Buffer;
  readonly reason?: string;
}

const reasons = new Map([
  [100, "Trying"],
  [180, "Ringing"],
  [181, "Call Is Being Forwarded"],
  [183, "Session Progress"],
  [200, "OK"],
  [202, "Accepted"],
  [401, "Unauthorized"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [407, "Proxy Authentication Required"],
  [408, "Request Timeout"],
  [405, "Method Not Allowed"],
  [423, "Interval Too Brief"],
  [480, "Temporarily Unavailable"],
  [481, "Call/Transaction Does Not Exist"],
  [486, "Busy Here"],
  [487, "Request Terminated"],
  [489, "Bad Event"],
  [488, "Not Acceptable Here"],
  [491, "Request Pending"],
  [503, "Service Unavailable"],
  [603, "Decline"],
]);

/** A request of a peer and our answers to it. Repeats what it said last when the request comes again. */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly localTag: string;
  /** Final status sent, 0 before. */
  final = 0;
  /** Another provisional response than 100 was sent. */
  ringing = false;
  onCancel: (() => void) | undefined;
  onNoAck: (() => void) | undefined;
  readonly #table: ServerTransactions;
  readonly #via: Via | undefined;
  readonly #back: Flow;
  #last: Buffer | undefined;
  #acked = false;
  #stopResending: () => void = () => {};

  constructor(table: ServerTransactions, request: SipRequest, flow: Flow) {
    this.#table = table;
    this.request = request;
    this.flow = flow;
    this.localTag = tagOf(header(request, "to")) ?? newTag();
    this.#via = parseVia(headerList(request, "via")[0] ?? "");
    this.#back = table.wayBack(flow, this.#via);
  }

  get method(): string {
    return this.request.method;
  }

  respond(status: number, reply: Reply = {}): void {
    if (this.final !== 0) return;
    const start = `SIP/2.0 ${status} ${reply.reason ?? reasons.get(status) ?? "Unknown"}`;
    const body = reply.body ?? Buffer.alloc(0);
    this.#last = serializeSip(start, [...this.#headers(status), ...(reply.headers ?? [])], body);
    this.#back.send(this.#last);
    if (status > 100 && status < 200) this.ringing = true;
    if (status < 200) return;
    this.final = status;
    this.#table.finished(this);
    if (this.method !== "INVITE") return;
    if (status < 300 && this.#table.knobs.duplicate200) this.#back.send(this.#last);
    this.#resend(this.#table.knobs.t1, 0);
  }

  /** Captured order: Via, From, To, CSeq, Call-ID, Allow; no Allow in 100, and no tag there either. */
  #headers(status: number): Header[] {
    const { request } = this;
    const to = header(request, "to") ?? "";
    const tagged = status === 100 || tagOf(to) !== undefined ? to : `${to};tag=${this.localTag}`;
    const common: Header[] = [
      ["From", header(request, "from") ?? ""],
      ["To", tagged],
      ["CSeq", header(request, "cseq") ?? ""],
      ["Call-ID", header(request, "call-id") ?? ""],
    ];
    return [...this.#vias(status), ...common, ...(status === 100 ? [] : [["Allow", allowed] as const])];
  }

  #vias(status: number): Header[] {
    const wrong = this.#table.knobs.wrongRport && status >= 200 && status < 300 && this.method === "INVITE";
    const contact = wrong ? parseNameAddr(headerList(this.request, "contact")[0] ?? "") : undefined;
    const rport = contact === undefined ? this.flow.port : (contact.uri.port ?? 5060);
    return headerList(this.request, "via").flatMap((value, index) => {
      const via = parseVia(value);
      const seen = index === 0 ? { received: this.flow.address, rport } : undefined;
      return via === undefined ? [] : [["Via", rebuildVia(via, seen)] as const];
    });
  }

  /** Timers G and H; the 2xx needs its ACK over TCP too (RFC 3261 §13.3.1.4). */
  #resend(wait: number, waited: number): void {
    if (this.flow.reliable && this.final >= 300) return;
    const { timers, knobs } = this.#table;
    this.#stopResending = timers.after(wait, () => {
      if (waited + wait >= 64 * knobs.t1) {
        this.onNoAck?.();
        return;
      }
      this.repeat();
      this.#resend(Math.min(2 * wait, 8 * knobs.t1), waited + wait);
    });
  }

  repeat(): void {
    if (this.#last !== undefined && !this.#acked) this.#back.send(this.#last);
  }

  acknowledged(): void {
    this.#acked = true;
    this.#stopResending();
  }
}

/** Requests seen, by branch, sent-by, method and sender. */
export class ServerTransactions {
  readonly knobs: Knobs;
  readonly timers: Timers;
  readonly #transport: Transport;
  readonly #table = new Map<string, ServerTransaction>();

  constructor(knobs: Knobs, timers: Timers, transport: Transport) {
    this.knobs = knobs;
    this.timers = timers;
    this.#transport = transport;
  }

  get size(): number {
    return this.#table.size;
  }

  /** A new transaction, or undefined when the request was a repetition or the ACK of one. */
  receive(flow: Flow, request: SipRequest): ServerTransaction | undefined {
    const id = this.#id(flow, request, request.method);
    const known = this.#table.get(id);
    if (known !== undefined) {
      known.repeat();
      return undefined;
    }
    if (this.#table.size >= tableLimit) return undefined;
    const made = new ServerTransaction(this, request, flow);
    this.#table.set(id, made);
    return made;
  }

  /** The INVITE that this ACK or CANCEL belongs to: same branch. */
  inviteOf(flow: Flow, request: SipRequest): ServerTransaction | undefined {
    return this.#table.get(this.#id(flow, request, "INVITE"));
  }

  /** RFC 3581: back to where it came from with rport, else to the port the sender wrote. */
  wayBack(flow: Flow, via: Via | undefined): Flow {
    if (flow.reliable || via === undefined || via.params.has("rport")) return flow;
    return this.#transport.flowTo("udp", flow.address, via.port ?? 5060, flow.local.port) ?? flow;
  }

  finished(transaction: ServerTransaction): void {
    const { flow, request } = transaction;
    const linger = flow.reliable && request.method !== "INVITE" ? 0 : 64 * this.knobs.t1;
    this.timers.after(linger, () => this.#table.delete(this.#id(flow, request, request.method)));
  }

  clear(): void {
    for (const transaction of this.#table.values()) transaction.acknowledged();
    this.#table.clear();
  }

  #id(flow: Flow, request: SipRequest, method: string): string {
    const via = parseVia(headerList(request, "via")[0] ?? "");
    const branch = via?.params.get("branch") ?? `${header(request, "call-id")} ${cseqOf(request).number}`;
    return [branch, via?.host, via?.port, method, flow.transport, flow.address, flow.port].join(" ");
  }
}
