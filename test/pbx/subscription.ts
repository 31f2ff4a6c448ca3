import { type Core, productName } from "./core.ts";
import { bodyTypes, dialogInfo, type EventName, messageSummary, presence, type SeenDialog } from "./event-state.ts";
import { flowToUri, ownContact } from "./leg.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { hostPort, parseNameAddr, parseUri, tagOf, writeUri } from "./sip-address.ts";
import { cseqOf, type Header, header, headerList } from "./sip-message.ts";
import type { Flow } from "./transport.ts";

/** A NOTIFY answered so has no watcher any more. */
const goneStatuses = new Set([408, 481, 404, 410, 489]);

/** One watcher of one extension: a dialog of its own, with a NOTIFY for every change. */
export class Subscription {
  readonly event: EventName;
  readonly user: string;
  readonly localTag: string;
  readonly callId: string;
  readonly contact: string;
  remoteSeq: number;
  flow: Flow;
  stopExpiry: () => void = () => {};
  readonly #core: Core;
  readonly #eventValue: string;
  readonly #local: string;
  readonly #remote: string;
  readonly #remoteTag: string | undefined;
  readonly #onGone: () => void;
  #target: string;
  #seq = Math.floor(Math.random() * 100);
  #version = 0;
  #last = "";
  #before: readonly SeenDialog[] = [];

  constructor(core: Core, tx: ServerTransaction, event: EventName, user: string, onGone: () => void) {
    const { request, flow } = tx;
    this.#core = core;
    this.event = event;
    this.user = user;
    this.flow = flow;
    this.localTag = tx.localTag;
    this.callId = header(request, "call-id") ?? "";
    this.#eventValue = header(request, "event") ?? event;
    this.#local = header(request, "to") ?? "";
    this.#remote = header(request, "from") ?? "";
    this.#remoteTag = tagOf(this.#remote);
    this.#target = "";
    this.remoteSeq = cseqOf(request).number;
    this.contact = ownContact(core, flow, user);
    this.#onGone = onGone;
    this.follow(tx);
  }

  get key(): string {
    return `${this.callId} ${this.localTag}`;
  }

  isFrom(tx: ServerTransaction): boolean {
    return this.#remoteTag === tagOf(header(tx.request, "from"));
  }

  follow(tx: ServerTransaction): void {
    this.flow = tx.flow;
    const contact = parseNameAddr(headerList(tx.request, "contact")[0] ?? "");
    if (contact !== undefined) this.#target = writeUri(contact.uri);
  }

  /** Sends the state when it is another than the last one, or in any case. */
  notify(dialogs: readonly SeenDialog[], state: string, always: boolean): void {
    const news = this.#document(dialogs, 0);
    if (news === this.#last && !always) return;
    this.#last = news;
    const ids = dialogs.map((d) => d.id);
    const ended = this.#before.filter((d) => !ids.includes(d.id)).map((d) => ({ ...d, state: "terminated" as const }));
    this.#before = dialogs;
    const body = Buffer.from(this.#document([...dialogs, ...ended], this.#version));
    this.#version += 1;
    this.#send(state, body);
  }

  #document(dialogs: readonly SeenDialog[], version: number): string {
    const host = hostPort(this.#core.addressFor(this.flow), this.flow.local.port);
    if (this.event === "message-summary") return messageSummary(this.#core, this.user, host);
    if (this.event === "presence") return presence(this.#core, this.user, host, dialogs);
    return dialogInfo(this.user, host, version, dialogs);
  }

  #send(state: string, body: Buffer): void {
    this.#seq += 1;
    const headers: Header[] = [
      ["From", tagOf(this.#local) === undefined ? `${this.#local};tag=${this.localTag}` : this.#local],
      ["To", this.#remote],
      ["CSeq", `${this.#seq} NOTIFY`],
      ["Call-ID", this.callId],
      ["User-Agent", productName],
      ["Max-Forwards", "70"],
      ["Contact", this.contact],
      ["Event", this.#eventValue],
      ["Subscription-State", state],
      ["Content-Type", bodyTypes[this.event]],
    ];
    const request = { method: "NOTIFY", uri: this.#target, headers, body };
    this.#core.client.send(request, this.#way(), {
      response: (response) => goneStatuses.has(response.status) && this.#onGone(),
      timeout: this.#onGone,
    });
  }

  #way(): Flow {
    if (this.flow.reliable || this.#core.knobs.udpTarget === "source") return this.flow;
    return flowToUri(this.#core, parseUri(this.#target), this.flow) ?? this.flow;
  }
}
