/** A call as data: two legs with a dialog each, and at most one INVITE exchange between them at a time. */
import type {
  Deadline,
  Dialog,
  Millis,
  OutRequest,
  OutResponse,
  Request,
  Response,
  SessionGrant,
} from "@ringfence/sip";
import type { FirstDecision } from "../decisions/admitted.ts";
import type { Flow } from "../flow.ts";
import type { Onward } from "../fraud/service.ts";
import type { Relay } from "../local/relay.ts";
import type { LegMedia, LegName } from "../media-port.ts";
import type { Beginning } from "../reload/beginning.ts";
import type { Served } from "../served.ts";
import type { Claim, Pending } from "../stir/inbound.ts";
import type { Attempt } from "./attempt.ts";
import type { Crossing } from "./crossing.ts";
import type { Described, Negotiation } from "./described.ts";
import type { PeerMethods } from "./peer-methods.ts";
import type { Referral } from "./refer.ts";
import type { Reliable } from "./reliable.ts";
import type { LegTimer } from "./session.ts";

export interface Leg {
  readonly name: LegName;
  flow: Flow;
  readonly callId: string;
  readonly localTag: string;
  /** Our Contact on this leg, as a header value. */
  readonly contact: string;
  readonly media: LegMedia;
  /** The phone's binding: when its connection was replaced, requests follow the binding. */
  readonly binding: string | undefined;
  readonly account: string | undefined;
  readonly trunk: string | undefined;
  /** What the party is called on this leg, user part only: for the log. */
  readonly user: string;
  dialog: Dialog | undefined;
  readonly timer: LegTimer;
  readonly takes: PeerMethods;
}

/** How far a 2xx that we gave has come: retransmitted by us until the ACK is there (RFC 3261 §13.3.1.4). */
export interface PendingAnswer {
  readonly response: OutResponse;
  readonly giveUpAt: Millis;
  interval: Millis;
  timer: Deadline;
}

/** One INVITE (first or re-INVITE) crossing the call: a server transaction on one leg, a client transaction on the other. */
export interface Exchange {
  readonly from: LegName;
  readonly initial: boolean;
  readonly serverTx: number;
  readonly request: Request;
  /** The INVITE carried no SDP: the offer comes in the 2xx, the answer in the ACK (RFC 3264 §4 by way of RFC 3261 §13.2.1). */
  readonly lateOffer: boolean;
  clientTx: number | undefined;
  sent: OutRequest | undefined;
  /** trying: no final yet · answering: the far 2xx is here, the near side has none yet · answered: ours waits for its ACK · done. */
  phase: "trying" | "answering" | "answered" | "done";
  /** To tag of the 2xx that won; others are forks to be hung up. */
  winner: string | undefined;
  /** The ACK for that 2xx, kept to answer its repetitions. */
  ack: Uint8Array | undefined;
  answer: PendingAnswer | undefined;
  /** Early dialogs of the far side by its tag, one for each fork that rang (RFC 3261 §12.1), with its last RSeq. */
  readonly early: Map<string, EarlyDialog>;
  /** The tag whose reliable provisional response completed offer and answer; SDP in its 2xx says nothing new. */
  settled: string | undefined;
  /** Our own reliable provisional responses that wait for their PRACK (RFC 3262 §3). */
  readonly reliable: Reliable[];
  /** The last RSeq we gave; 0 before the first. */
  rseq: number;
  /** The session timer that our 2xx will grant (RFC 4028 §9). */
  session: SessionGrant | undefined;
}

export interface EarlyDialog {
  dialog: Dialog;
  rseq: number | undefined;
}

/** What a call waits for: who signed its number, or a media result and what it will be used for. One step at a time; what arrives meanwhile waits in `deferred`. */
export type MediaStep =
  | { readonly kind: "fraud"; readonly onward: Onward }
  | { readonly kind: "identity"; readonly pending: Pending; readonly claim: Claim }
  | { readonly kind: "invite" }
  | { readonly kind: "provisional"; readonly response: Response }
  | { readonly kind: "answer"; readonly response: Response }
  | { readonly kind: "ack"; readonly request: Request }
  | { readonly kind: "crossing"; readonly crossing: Crossing }
  | { readonly kind: "crossing-answer"; readonly relay: Relay }
  | { readonly kind: "refresh" | "refresh-answer"; readonly leg: LegName };

export type CallInput =
  | {
      readonly kind: "request";
      readonly served: Served;
      readonly leg: LegName;
    }
  | { readonly kind: "ack"; readonly request: Request; readonly leg: LegName }
  | { readonly kind: "response"; readonly id: number; readonly response: Response }
  | { readonly kind: "failed"; readonly id: number; readonly why: "timeout" | "transport-error" };

export interface Call {
  readonly id: string;
  readonly a: Leg;
  /** Replaced when a carrier's host is given up for the next, before anything was heard of it. */
  b: Leg;
  /** Towards a carrier: which host is being tried, and which come next. */
  attempt: Attempt | undefined;
  /** setup: no 2xx yet · up: answered · over: out of the tables, reachable only for what is still in flight. */
  state: "setup" | "up" | "over";
  readonly emergency: boolean;
  /** What its INVITE said, for the rules of a later reload. */
  readonly begun: Beginning;
  /** What was found about who signed the caller's number, or that we did; undefined where nobody looked or signed. */
  identity: string | undefined;
  /** The caller as a trusted side asserts it, where its From shows another. */
  readonly asserted: string | undefined;
  /** That it may begin. */
  first: FirstDecision;
  /** Id of a later decision: why it was refused or ended after all. */
  decision: string | undefined;
  readonly startedAt: Millis;
  /** Its first line stands in the log. */
  logged: boolean;
  answeredAt: Millis | undefined;
  ringingAt: Millis | undefined;
  exchange: Exchange | undefined;
  step: MediaStep | undefined;
  readonly deferred: CallInput[];
  media: boolean;
  /** Counts what the media relay was asked: a late result of an offer that was taken back is not that of the next. */
  turn: number;
  /** The offer that the media relay has, and its answer. */
  negotiation: Negotiation | undefined;
  /** What was agreed last; empty before the first answer. */
  described: Partial<Record<LegName, Described>>;
  /** Legs for which key presses in INFO are given to the media relay. */
  press: Readonly<Record<LegName, boolean>>;
  /** The side whose offer in an UPDATE or PRACK waits for its answer. */
  offering: LegName | undefined;
  /** Transfers under way, so that their notifications find back. */
  readonly referrals: Referral[];
  noAnswer: Deadline | undefined;
  duration: Deadline | undefined;
  /** A limit in shadow would have ended it, which has been said. */
  overInShadow?: boolean;
}

/** Inputs a call may keep waiting for one media result; beyond that the message is dropped and its sender repeats it. */
export const MAX_DEFERRED = 32;

export function newExchange(
  from: LegName,
  initial: boolean,
  { serverTx, request }: Pick<Served, "serverTx" | "request">,
): Exchange {
  return {
    from,
    initial,
    serverTx,
    request,
    lateOffer: request.body.length === 0,
    clientTx: undefined,
    sent: undefined,
    phase: "trying",
    winner: undefined,
    ack: undefined,
    answer: undefined,
    early: new Map(),
    settled: undefined,
    reliable: [],
    rseq: 0,
    session: undefined,
  };
}
