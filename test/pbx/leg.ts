import type { Call } from "./call.ts";
import type { Side } from "./call-media.ts";
import type { ClientEvents, ClientTransaction, Outgoing } from "./client-transaction.ts";
import { type Core, productName } from "./core.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { hostPort, parseNameAddr, parseUri, type SipAddress, writeUri } from "./sip-address.ts";
import { type Header, headerList, type SipMessage } from "./sip-message.ts";
import { newCallId, newTag } from "./timers.ts";
import type { Flow } from "./transport.ts";

export interface LegStart {
  readonly call: Call;
  readonly side: Side;
  readonly flow: Flow;
  /** Name-addr without tag. */
  readonly localUri: string;
  readonly remoteUri: string;
  /** Request-URI of what we send. */
  readonly target: string;
  /** User part of our own Contact. */
  readonly contactUser: string;
  /** Of our own extensions, the one at the other end. */
  readonly extension: string | undefined;
  readonly callId?: string;
  readonly localTag?: string;
  readonly remoteTag?: string;
  readonly remoteSeq?: number;
}

/** One dialog of a call, from before its first answer to after its last BYE. */
export class Leg {
  call: Call;
  side: Side;
  readonly extension: string | undefined;
  readonly callId: string;
  readonly localTag: string;
  readonly contact: string;
  flow: Flow;
  target: string;
  remoteTag: string | undefined;
  remoteSeq: number;
  /** 2xx of ours that wait for their ACK, by CSeq number. */
  readonly unacked = new Map<number, ServerTransaction>();
  /** What to do with the SDP of the next ACK (we made the offer). */
  onAckBody: ((body: Buffer) => void) | undefined;
  /** An INVITE of either direction is open: another gets 491. */
  busy = false;
  /** Left the call by a transfer and waits for its BYE. */
  detached = false;
  /** RFC 3262: last RSeq sent, and the one whose PRACK is missing. */
  rseq = 0;
  rseqOpen: number | undefined;
  localSeq: number;
  ignoredAcks: number;
  unsentAcks: number;
  readonly #core: Core;
  readonly #local: string;
  readonly #remote: string;
  readonly #acks = new Map<number, Buffer>();

  constructor(core: Core, start: LegStart) {
    this.#core = core;
    this.call = start.call;
    this.side = start.side;
    this.extension = start.extension;
    this.flow = start.flow;
    this.callId = start.callId ?? newCallId();
    this.localTag = start.localTag ?? newTag();
    this.remoteTag = start.remoteTag;
    this.target = start.target;
    this.remoteSeq = start.remoteSeq ?? 0;
    this.localSeq = Math.floor(Math.random() * 100);
    this.#local = start.localUri;
    this.#remote = start.remoteUri;
    this.contact = ownContact(core, start.flow, start.contactUser);
    this.ignoredAcks = core.knobs.lostAckReceived;
    this.unsentAcks = core.knobs.lostAckSent;
    core.legs.set(this.key, this);
  }

  /** The number at the other end. */
  get number(): string {
    return this.extension ?? parseNameAddr(this.#remote)?.uri.user ?? "";
  }

  get key(): string {
    return `${this.callId} ${this.localTag}`;
  }

  forget(): void {
    this.#core.legs.delete(this.key);
    for (const tx of this.unacked.values()) tx.acknowledged();
    this.unacked.clear();
  }

  /** Follows the Contact of a message of the peer. */
  retarget(message: SipMessage): void {
    const contact = parseNameAddr(headerList(message, "contact")[0] ?? "");
    if (contact !== undefined) this.target = writeUri(contact.uri);
  }

  /** UDP goes to the Contact or back to the source, as the knob says; TCP and TLS stay on their connection. */
  #way(): Flow {
    if (this.flow.reliable || this.#core.knobs.udpTarget === "source") return this.flow;
    return flowToUri(this.#core, parseUri(this.target), this.flow) ?? this.flow;
  }

  #headers(method: string, number: number): Header[] {
    const to = this.remoteTag === undefined ? this.#remote : `${this.#remote};tag=${this.remoteTag}`;
    return [
      ["From", `${this.#local};tag=${this.localTag}`],
      ["To", to],
      ["CSeq", `${number} ${method}`],
      ["Call-ID", this.callId],
      ["User-Agent", productName],
      ["Max-Forwards", "70"],
    ];
  }

  request(method: string, extra: readonly Header[], body: Buffer, events: ClientEvents): ClientTransaction {
    this.localSeq += 1;
    const contact: Header[] = withContact.includes(method) ? [["Contact", this.contact]] : [];
    const headers = [...this.#headers(method, this.localSeq), ...contact, ...extra];
    const request: Outgoing = { method, uri: this.target, headers, body };
    return this.#core.client.send(request, this.#way(), events);
  }

  /** ACK of a 2xx; a repeated 2xx gets the same ACK again. `extra` repeats the credentials, as captured. */
  ack(number: number, extra: readonly Header[] = [], body: Buffer = Buffer.alloc(0)): void {
    if (this.unsentAcks > 0) {
      this.unsentAcks -= 1;
      return;
    }
    const known = this.#acks.get(number);
    if (known !== undefined) {
      this.#way().send(known);
      return;
    }
    const headers = [...this.#headers("ACK", number), ...extra];
    this.#acks.set(number, this.#core.client.sendAck({ method: "ACK", uri: this.target, headers, body }, this.#way()));
  }

  bye(): void {
    this.request("BYE", [], Buffer.alloc(0), { response: () => {}, timeout: () => {} });
  }
}

/** The PBX's own address with the number, never the client's: `<sip:1006@192.168.1.4;transport=tcp>`. */
export function ownContact(core: Core, flow: Flow, user: string): string {
  const transport = flow.transport === "udp" ? "" : `;transport=${flow.transport}`;
  return `<sip:${user}@${hostPort(core.addressFor(flow), flow.local.port)}${transport}>`;
}

/** RFC 3261 §8.1.1.8, RFC 3265 §7.1: requests that refresh the target. */
const withContact = ["INVITE", "UPDATE", "NOTIFY"];

export const sdpType: Header = ["Content-Type", "application/sdp"];

/** A way to a URI whose host is an address; names are not resolved here. */
export function flowToUri(core: Core, uri: SipAddress | undefined, like: Flow): Flow | undefined {
  if (uri === undefined || uri.scheme === "tel") return undefined;
  const standard = like.transport === "tls" ? 5061 : 5060;
  return core.transport.flowTo(like.transport, uri.host, uri.port ?? standard, like.local.port);
}
