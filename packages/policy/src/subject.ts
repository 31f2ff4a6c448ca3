import type { DialledNumber } from "./number/dialled.ts";
import type { UseFigures } from "./use/ledger.ts";

/** Where a message came from: decided by the socket it arrived on and the address it came from, never by what it says. */
export type Side = "phone" | "trunk" | "core";

export type Transport = "udp" | "tcp" | "tls" | "ws" | "wss";

/** What is in use at the moment of the decision, this request not counted. Counts are whole numbers; one that is not a number refuses. */
export interface Load {
  readonly calls: number;
  readonly callsThisSecond: number;
  readonly callsOfAccount: number;
  readonly callsOfTrunk: number;
  /** Of those, calls in the direction of this one: from the carrier, or to it. */
  readonly callsOfTrunkThisWay?: number | undefined;
  readonly callsOfTrunkThisSecond: number;
  /** Of those, in the direction of this one. */
  readonly callsOfTrunkThisWayThisSecond?: number | undefined;
  /** No new calls: the process ends when the last one has. */
  readonly draining?: boolean | undefined;
  /** Emergency calls from phones that are not registered, in progress now. */
  readonly unregisteredEmergencies: number;
  /** The account may not call. */
  readonly suspended?: boolean | undefined;
  /** What who pays has used; undefined: nobody looked, which refuses where there is a limit. */
  readonly use?: UseFigures | undefined;
}

/** A request as the policy sees it: plain data, so that a decision can be logged, replayed and explained. */
export interface SignalSubject {
  readonly side: Side;
  /** Side `trunk`: the trunk it came from (`Policy.sideOf`). Side `core`: the trunk it would leave by, if it would. */
  readonly trunk?: string | undefined;
  /** Address of the socket's peer, without port. */
  readonly packetSource: string;
  readonly transport: Transport;
  readonly method: string;
  /** The request belongs to a dialog in our table (tags and flow compared). A To tag alone does not make it so. */
  readonly inDialog: boolean;
  /** Octets on the wire. */
  readonly size: number;
  readonly headerCount: number;
  /** Of the Request-URI: `sip`, `sips`, `tel`, `urn`, ... lower case. */
  readonly targetScheme: string;
  /** User part, escapes undone; the number of a `tel:` URI; undefined otherwise. */
  readonly targetUser: string | undefined;
  /** Host, lower case, IPv6 without brackets; empty where the scheme has none. */
  readonly targetHost: string;
  /** The whole Request-URI as it was written. */
  readonly targetRaw: string;
  /**
   * Whom the request would call: of an INVITE the Request-URI, of a REFER the Refer-To, as `Policy.readNumber` reads it.
   * Rules match on this and never on text. Undefined for requests that call nobody.
   */
  readonly number: DialledNumber | undefined;
  /** The account registered on the flow the request came over; undefined when none is. */
  readonly account: string | undefined;
  /** Milliseconds since 1970; undefined: not known. */
  readonly at?: number | undefined;
  readonly load: Load;
}

/** What was found about who signed the caller's number, in the classes of RFC 8224 §6.2.2. */
export interface IdentitySubject {
  readonly trunk: string;
  readonly finding: "verified" | "missing" | "info" | "credential" | "invalid" | "stale";
}

/** What a session description asks for on one leg. */
export interface MediaSubject {
  readonly side: Side;
  readonly trunk?: string | undefined;
  readonly profile: "rtp" | "srtp";
  /** Suites of the `a=crypto` lines, in the order offered; empty with plain RTP. */
  readonly suites: readonly string[];
}
