import { tableLimit } from "./core.ts";
import type { Knobs } from "./knobs.ts";
import { hostPort, parseVia } from "./sip-address.ts";
import { cseqOf, type Header, header, headerList, type SipResponse, serializeSip } from "./sip-message.ts";
import { newBranch, type Timers } from "./timers.ts";
import type { Flow } from "./transport.ts";

/** A request before its Via: header names as they shall appear. */
export interface Outgoing {
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body?: Buffer;
}

export interface ClientEvents {
  /** Every provisional and final response; a 2xx to INVITE may come again. */
  readonly response: (response: SipResponse) => void;
  readonly timeout: () => void;
}

const empty = Buffer.alloc(0);

/** A request of ours: repeated over UDP until answered, ACK for refused INVITEs included. */
export class ClientTransaction {
  readonly branch: string;
  readonly request: Outgoing;
  readonly flow: Flow;
  final = 0;
  provisional = false;
  readonly #via: Header;
  readonly #events: ClientEvents;
  readonly #table: ClientTransactions;
  readonly #bytes: Buffer;
  #ack: Buffer | undefined;
  #stopResending: () => void = () => {};
  #stopWaiting: () => void;
  #cancelAsked = false;

  constructor(table: ClientTransactions, request: Outgoing, flow: Flow, events: ClientEvents, branch: string) {
    this.#table = table;
    this.request = request;
    this.flow = flow;
    this.#events = events;
    this.branch = branch;
    const sentBy = hostPort(table.addressFor(flow), flow.local.port);
    this.#via = ["Via", `SIP/2.0/${flow.transport.toUpperCase()} ${sentBy};branch=${branch};rport`];
    this.#bytes = this.#write(request.method, request.headers, request.body ?? empty);
    this.#stopWaiting = table.timers.after(64 * table.knobs.t1, () => this.#timeout());
    flow.send(this.#bytes);
    if (!flow.reliable) this.#resend(table.knobs.t1);
  }

  #write(method: string, headers: readonly Header[], body: Buffer): Buffer {
    return serializeSip(`${method} ${this.request.uri} SIP/2.0`, [this.#via, ...headers], body);
  }

  #resend(wait: number): void {
    const { timers, knobs } = this.#table;
    this.#stopResending = timers.after(wait, () => {
      this.flow.send(this.#bytes);
      const invite = this.request.method === "INVITE";
      this.#resend(invite ? 2 * wait : Math.min(2 * wait, 8 * knobs.t1));
    });
  }

  #timeout(): void {
    this.#stopResending();
    this.#table.delete(this);
    if (this.final === 0) this.#events.timeout();
  }

  receive(response: SipResponse): void {
    const invite = this.request.method === "INVITE";
    if (response.status < 200) {
      if (this.final !== 0) return;
      this.provisional = true;
      if (invite) this.#stopWaiting();
      if (invite) this.#stopResending();
      this.#events.response(response);
      if (this.#cancelAsked) this.cancel();
      return;
    }
    if (this.final !== 0 && this.final >= 300) {
      if (this.#ack !== undefined) this.flow.send(this.#ack);
      return;
    }
    if (this.final !== 0 && !invite) return;
    this.#finish(response);
    this.#events.response(response);
  }

  #finish(response: SipResponse): void {
    const repeated = this.final !== 0;
    this.final = response.status;
    this.#stopResending();
    if (this.request.method === "INVITE" && response.status >= 300) {
      this.#ack = this.#ackFor(response);
      this.flow.send(this.#ack);
    }
    if (repeated) return;
    this.#stopWaiting();
    const { timers, knobs } = this.#table;
    this.#stopWaiting = timers.after(this.request.method === "INVITE" ? 64 * knobs.t1 : 0, () =>
      this.#table.delete(this),
    );
  }

  /** RFC 3261 §17.1.1.3; the real thing repeats its credentials here. */
  #ackFor(response: SipResponse): Buffer {
    const same = ["From", "Call-ID", "Max-Forwards", "Proxy-Authorization", "Authorization"];
    const kept = this.request.headers.filter(([name]) => same.includes(name));
    const to = header(response, "to") ?? "";
    return this.#write("ACK", [...kept, ["To", to], ["CSeq", `${cseqOf(response).number} ACK`]], empty);
  }

  /** RFC 3261 §9.1: after the first provisional response only, on the same branch. `late` sends it whatever came. */
  cancel(when: "open" | "late" = "open"): void {
    if (this.final !== 0 && when === "open") return;
    if (!this.provisional && this.final === 0) {
      this.#cancelAsked = true;
      return;
    }
    this.#cancelAsked = false;
    const same = ["From", "To", "Call-ID", "Max-Forwards"];
    const kept = this.request.headers.filter(([name]) => same.includes(name));
    const number = (this.request.headers.find(([name]) => name === "CSeq")?.[1] ?? "").split(" ")[0];
    const headers: Header[] = [...kept, ["CSeq", `${number} CANCEL`]];
    this.#table.send(
      { method: "CANCEL", uri: this.request.uri, headers },
      this.flow,
      { response: () => {}, timeout: () => {} },
      this.branch,
    );
    this.#stopWaiting();
    this.#stopWaiting = this.#table.timers.after(64 * this.#table.knobs.t1, () => this.#timeout());
  }
}

export class ClientTransactions {
  readonly knobs: Knobs;
  readonly timers: Timers;
  readonly addressFor: (flow: Flow) => string;
  strays = 0;
  readonly #table = new Map<string, ClientTransaction>();

  constructor(knobs: Knobs, timers: Timers, addressFor: (flow: Flow) => string) {
    this.knobs = knobs;
    this.timers = timers;
    this.addressFor = addressFor;
  }

  get size(): number {
    return this.#table.size;
  }

  send(request: Outgoing, flow: Flow, events: ClientEvents, branch = newBranch()): ClientTransaction {
    const made = new ClientTransaction(this, request, flow, events, branch);
    if (this.#table.size < tableLimit) this.#table.set(`${branch} ${request.method}`, made);
    return made;
  }

  /** A request that is never answered nor repeated: ACK of a 2xx. */
  sendAck(request: Outgoing, flow: Flow): Buffer {
    const sentBy = hostPort(this.addressFor(flow), flow.local.port);
    const via: Header = ["Via", `SIP/2.0/${flow.transport.toUpperCase()} ${sentBy};branch=${newBranch()};rport`];
    const bytes = serializeSip(`ACK ${request.uri} SIP/2.0`, [via, ...request.headers], request.body ?? empty);
    flow.send(bytes);
    return bytes;
  }

  receive(response: SipResponse): void {
    const branch = parseVia(headerList(response, "via")[0] ?? "")?.params.get("branch");
    const known = this.#table.get(`${branch} ${cseqOf(response).method}`);
    if (known === undefined) this.strays += 1;
    else known.receive(response);
  }

  delete(transaction: ClientTransaction): void {
    this.#table.delete(`${transaction.branch} ${transaction.request.method}`);
  }

  clear(): void {
    this.#table.clear();
  }
}
