import type { Call } from "./call.ts";
import type { ClientTransaction } from "./client-transaction.ts";
import { allowed, type Core } from "./core.ts";
import { destinationsOf } from "./dial-plan.ts";
import { answerChallenge } from "./digest.ts";
import { Leg, sdpType } from "./leg.ts";
import { parseNameAddr, tagOf } from "./sip-address.ts";
import {
  cseqOf,
  type Header,
  header,
  headerList,
  readCount,
  type SipRequest,
  type SipResponse,
} from "./sip-message.ts";
import type { Flow } from "./transport.ts";

/** Somewhere a call can ring. */
export interface Destination {
  readonly flow: Flow;
  /** Request-URI as written. */
  readonly uri: string;
  /** Name-addrs without tag. */
  readonly from: string;
  readonly to: string;
  /** User part of our Contact: the caller's number. */
  readonly contactUser: string;
  /** Account for a provider's challenge. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** The extension that rings; undefined when it is a trunk or a line. */
  readonly extension: string | undefined;
}

/** Who rings: a call, or a transfer on behalf of one. */
export interface Ringing {
  readonly branches: Set<Branch>;
  /** An answer is still wanted. */
  readonly open: boolean;
  ring(destinations: readonly Destination[], offer: Buffer | undefined): void;
  progress(status: number): void;
  won(branch: Branch, response: SipResponse): void;
  lost(branch: Branch, status: number): void;
}

const noBody = Buffer.alloc(0);
const mostRedirects = 5;

/** One outgoing INVITE of a call, with its early dialog. */
export class Branch {
  readonly leg: Leg;
  readonly offered: boolean;
  /** CSeq number of the INVITE that was answered. */
  seq = 0;
  /** Proxy-Authorization of the INVITE; captured: it is repeated in the ACK. */
  credentials: readonly Header[] = [];
  readonly #owner: Ringing;
  readonly #call: Call;
  readonly #core: Core;
  readonly #destination: Destination;
  readonly #offer: Buffer | undefined;
  #tx: ClientTransaction;
  #cancelled = false;
  #answered = false;
  #lastRSeq = 0;

  constructor(owner: Ringing, call: Call, destination: Destination, offer: Buffer | undefined) {
    this.#owner = owner;
    this.#call = call;
    this.#core = call.core;
    this.#destination = destination;
    this.#offer = offer;
    this.offered = offer !== undefined;
    this.leg = new Leg(call.core, {
      call,
      side: "b",
      flow: destination.flow,
      localUri: destination.from,
      remoteUri: destination.to,
      target: destination.uri,
      contactUser: destination.contactUser,
      extension: destination.extension,
    });
    this.#tx = this.#invite();
  }

  #invite(): ClientTransaction {
    const type: Header[] = this.#offer === undefined ? [] : [sdpType];
    const reliably = this.#core.knobs.reliableFar ? reliableAs(this.#call.tx.request) : [];
    const headers: Header[] = [["Allow", allowed], ...reliably, ...this.credentials, ...type];
    const made = this.leg.request("INVITE", headers, this.#offer ?? noBody, {
      response: (response) => this.#receive(response),
      timeout: () => this.#lose(408),
    });
    this.seq = this.leg.localSeq;
    return made;
  }

  #receive(response: SipResponse): void {
    if (response.status < 200) this.#onProvisional(response);
    else if (response.status < 300) this.#onAnswer(response);
    else if (response.status < 400 && !this.#cancelled) this.#onRedirect(response);
    else if ((response.status === 401 || response.status === 407) && this.#retry(response)) return;
    else this.#lose(causeOf(response) ?? response.status);
  }

  #onProvisional(response: SipResponse): void {
    if (response.status === 100) return;
    this.leg.remoteTag = tagOf(header(response, "to"));
    this.leg.retarget(response);
    this.#acknowledgeReliable(response);
    if (this.#cancelled) return;
    this.#owner.progress(response.status);
    if (this.#call.state !== "ringing") return;
    if (response.body.length > 0 && this.offered && this.#call.branches.size === 1) {
      const early = this.#call.media.translate("b", "answer", response.body);
      if (early.ok) this.#call.provisional(183, [sdpType], early.sdp);
      return;
    }
    this.#call.provisional(180, []);
  }

  /** RFC 3262 §4: each new RSeq gets its PRACK, a repeated one does not. */
  #acknowledgeReliable(response: SipResponse): void {
    const rseq = readCount(header(response, "rseq") ?? "");
    if (rseq === undefined || !headerList(response, "require").includes("100rel") || rseq <= this.#lastRSeq) return;
    this.#lastRSeq = rseq;
    const rack: Header = ["RAck", `${rseq} ${cseqOf(response).number} INVITE`];
    this.leg.request("PRACK", [rack], noBody, { response: () => {}, timeout: () => {} });
  }

  #onAnswer(response: SipResponse): void {
    const tag = tagOf(header(response, "to"));
    if (this.#answered) {
      if (tag === this.leg.remoteTag && (this.offered || this.#call.a.onAckBody === undefined)) {
        this.leg.ack(this.seq, this.credentials);
      }
      return;
    }
    this.#answered = true;
    this.leg.remoteTag = tag;
    this.leg.retarget(response);
    if (!this.#cancelled && this.#owner.open) {
      this.#owner.won(this, response);
      return;
    }
    // Too late: somebody else answered or the caller gave up. RFC 3261 §15: the answer is accepted, then ended.
    this.leg.ack(this.seq, this.credentials);
    this.leg.bye();
    this.#core.timers.after(64 * this.#core.knobs.t1, () => this.leg.forget());
    this.#owner.lost(this, 487);
  }

  #onRedirect(response: SipResponse): void {
    const number = parseNameAddr(headerList(response, "contact")[0] ?? "")?.uri.user;
    this.#call.redirects += 1;
    if (number === undefined || number === "" || this.#call.redirects > mostRedirects) {
      this.#lose(480);
      return;
    }
    const next = destinationsOf(this.#core, this.#call.caller, number);
    const info = `purpose=forwarding, username="${this.#call.called}", contact="${number}"`;
    this.#call.provisional(181, [["Call-Info", info]]);
    if (next.kind === "ring") this.#owner.ring(next.destinations, this.#offer);
    this.#lose(next.kind === "refuse" ? next.status : 480);
  }

  #retry(response: SipResponse): boolean {
    const name = response.status === 401 ? "www-authenticate" : "proxy-authenticate";
    const who = this.#destination.credentials;
    if (who === undefined || this.credentials.length > 0 || this.#cancelled) return false;
    const value = answerChallenge(header(response, name) ?? "", who, "INVITE", this.#destination.uri);
    if (value === undefined) return false;
    this.credentials = [[response.status === 401 ? "Authorization" : "Proxy-Authorization", value]];
    this.leg.remoteTag = undefined;
    this.#tx = this.#invite();
    return true;
  }

  #lose(status: number): void {
    this.leg.forget();
    this.#owner.lost(this, status);
  }

  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    const wait = this.#core.knobs.lateCancel;
    if (wait === 0) this.#tx.cancel();
    else this.#core.timers.after(wait, () => this.#tx.cancel("late"));
  }
}

/** What the caller said of RFC 3262. */
const reliableAs = (request: SipRequest): readonly Header[] =>
  (["Supported", "Require"] as const)
    .filter((name) => headerList(request, name.toLowerCase()).includes("100rel"))
    .map((name): Header => [name, "100rel"]);

const causes = new Map([
  [1, 404],
  [17, 486],
  [18, 480],
  [19, 480],
  [21, 403],
  [34, 503],
]);

/** Documented: the Reason header's cause of a refusal is used. As SIP cause, or Q.850 by a short table. */
function causeOf(response: SipResponse): number | undefined {
  const reason = header(response, "reason") ?? "";
  const part = reason.split(";").find((p) => p.trim().toLowerCase().startsWith("cause="));
  const cause = readCount(part?.split("=")[1]?.trim() ?? "");
  if (cause === undefined) return undefined;
  return reason.trim().toUpperCase().startsWith("SIP") && cause >= 400 && cause < 700 ? cause : causes.get(cause);
}
