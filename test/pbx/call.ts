import { Branch, type Destination, type Ringing } from "./branch.ts";
import { CallMedia, type Side } from "./call-media.ts";
import type { Caller } from "./caller.ts";
import type { Core } from "./core.ts";
import { Leg, sdpType } from "./leg.ts";
import { sendProvisional } from "./provisional.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { tagOf, withoutTag } from "./sip-address.ts";
import { cseqOf, type Header, header, type SipResponse } from "./sip-message.ts";
import type { Transfer } from "./transfer.ts";

export type CallState = "ringing" | "answered" | "ended";

let lastId = 0;

/** A call: the caller's leg a, and either a far leg b with its rivals or a service of the PBX itself. */
export class Call implements Ringing {
  readonly id: number;
  readonly core: Core;
  caller: Caller;
  called: string;
  readonly tx: ServerTransaction;
  /** After a transfer: the party that was transferred. */
  a: Leg;
  media: CallMedia;
  /** Who is charged for limits: `user:1001`, `trunk-in:NAME`, ... */
  readonly holders: string[] = [];
  readonly branches = new Set<Branch>();
  state: CallState = "ringing";
  b: Leg | undefined;
  /** Stops the echo, the tone or the attendant. */
  stopService: (() => void) | undefined;
  onDigit: ((digit: string) => void) | undefined;
  digits = "";
  redirects = 0;
  /** While one side is being transferred. */
  transfer: Transfer | undefined;
  #worst = 0;
  #stopRinging: () => void = () => {};

  constructor(core: Core, tx: ServerTransaction, caller: Caller, called: string) {
    lastId += 1;
    this.id = lastId;
    this.core = core;
    this.tx = tx;
    this.caller = caller;
    this.called = called;
    this.media = new CallMedia(core.knobs, core.ports);
    const { request, flow } = tx;
    const remoteTag = tagOf(header(request, "from"));
    this.a = new Leg(core, {
      call: this,
      side: "a",
      flow,
      localUri: header(request, "to") ?? "",
      remoteUri: withoutTag(header(request, "from") ?? ""),
      target: request.uri,
      contactUser: called,
      callId: header(request, "call-id") ?? "",
      localTag: tx.localTag,
      remoteSeq: cseqOf(request).number,
      extension: caller.kind === "user" ? caller.account.user : undefined,
      ...(remoteTag === undefined ? {} : { remoteTag }),
    });
    this.a.retarget(request);
    core.calls.add(this);
    tx.onCancel = () => this.cancelled();
    tx.onNoAck = () => this.hangUp("pbx");
  }

  leg(side: Side): Leg | undefined {
    return side === "a" ? this.a : this.b;
  }

  get open(): boolean {
    return this.b === undefined && this.state !== "ended";
  }

  /** The caller hears of it through `provisional`. */
  progress(): void {}

  ring(destinations: readonly Destination[], offer: Buffer | undefined): void {
    this.dial(destinations, offer);
  }

  /** Rings every destination; the first to answer wins. */
  dial(destinations: readonly Destination[], offer: Buffer | undefined): void {
    const { timers, knobs } = this.core;
    this.#stopRinging();
    this.#stopRinging = timers.after(knobs.ringTimeout * 1000, () => {
      if (this.state === "ringing") this.fail(480);
      else for (const branch of this.branches) branch.cancel();
    });
    for (const destination of destinations) this.branches.add(new Branch(this, this, destination, offer));
  }

  provisional(status: number, headers: readonly Header[], body?: Buffer): void {
    if (this.state === "ringing" && this.tx.final === 0) sendProvisional(this, status, headers, body);
  }

  /** A branch answered: the others are cancelled, the caller gets 200. */
  won(branch: Branch, response: SipResponse): void {
    this.#stopRinging();
    this.branches.delete(branch);
    for (const rival of this.branches) rival.cancel();
    this.b = branch.leg;
    const offered = branch.offered;
    if (offered && response.body.length === 0 && this.a.rseq > 0) {
      // RFC 3262 §5: both had their answer in a reliable response.
      branch.leg.ack(branch.seq, branch.credentials);
      this.answer(undefined);
      return;
    }
    const outcome = this.media.translate("b", offered ? "answer" : "offer", response.body);
    if (offered || !outcome.ok) branch.leg.ack(branch.seq, branch.credentials);
    if (!outcome.ok) {
      branch.leg.bye();
      this.fail(outcome.status);
      this.hangUp("b");
      return;
    }
    if (this.state === "answered") {
      // The attendant had answered already: its sound gives way to the far leg.
      this.stopService?.();
      this.stopService = undefined;
      return;
    }
    if (!offered) {
      this.a.onAckBody = (body) => {
        const answer = this.media.translate("a", "answer", body);
        branch.leg.ack(branch.seq, [...branch.credentials, sdpType], answer.ok ? answer.sdp : undefined);
      };
    }
    this.answer(outcome.sdp);
  }

  /** @param sdp undefined: it had its answer before */
  answer(sdp: Buffer | undefined): void {
    this.state = "answered";
    this.a.unacked.set(cseqOf(this.tx.request).number, this.tx);
    const contact: Header = ["Contact", this.a.contact];
    this.tx.respond(200, sdp === undefined ? { headers: [contact] } : { headers: [contact, sdpType], body: sdp });
  }

  /** A branch ended without an answer; when it was the last, the caller gets the best of their reasons. */
  lost(branch: Branch, status: number): void {
    this.branches.delete(branch);
    this.#worst = status >= 600 || this.#worst === 0 ? status : this.#worst;
    if (this.branches.size > 0) return;
    if (this.state === "ringing") this.fail(this.#worst);
    else if (this.state === "ended") this.#release();
    else if (this.b === undefined) this.digits = "";
  }

  fail(status: number, headers: readonly Header[] = []): void {
    if (this.state !== "ringing") return;
    this.tx.respond(status, { headers });
    this.#finish();
  }

  cancelled(): void {
    if (this.tx.final === 0) this.fail(487);
  }

  /** Ends an answered call; the leg that hung up itself gets no BYE. */
  hangUp(by: Side | "pbx"): void {
    if (this.state === "ringing") {
      this.fail(by === "a" ? 487 : 480);
      return;
    }
    if (this.state !== "answered") return;
    if (by !== "pbx" && this.transfer?.survives(by)) return;
    this.transfer?.abandon();
    if (by !== "a") this.a.bye();
    if (by !== "b") this.b?.bye();
    this.#finish();
  }

  /** A transfer went through: these two legs are the call now, or the first one and a service. */
  become(a: Leg, b: Leg | undefined, media: CallMedia): void {
    this.stopService?.();
    this.stopService = undefined;
    this.media.close();
    this.media = media;
    this.a = a;
    this.b = b;
    this.transfer = undefined;
    for (const [leg, side] of [[a, "a"] as const, [b, "b"] as const]) {
      if (leg === undefined) continue;
      leg.call = this;
      leg.side = side;
    }
  }

  /** Ends without a word to this leg: another call has it now. */
  giveUp(taken: Leg): void {
    const rest = this.leg(taken.side === "a" ? "b" : "a");
    this.state = "ended";
    this.media.close();
    rest?.bye();
    rest?.forget();
    this.core.calls.delete(this);
  }

  #finish(): void {
    this.state = "ended";
    this.#stopRinging();
    this.stopService?.();
    this.media.close();
    for (const branch of this.branches) branch.cancel();
    if (this.branches.size === 0) this.#release();
  }

  #release(): void {
    this.a.forget();
    this.b?.forget();
    this.core.calls.delete(this);
  }

  /** Forgets everything at once, as a crash does. */
  drop(): void {
    this.state = "ended";
    this.transfer?.abandon();
    this.stopService?.();
    this.media.close();
    for (const branch of this.branches) branch.leg.forget();
    this.branches.clear();
    this.#release();
  }
}
