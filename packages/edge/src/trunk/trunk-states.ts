/** What is known of carriers beyond the configuration: health of their hosts, our registrations, our own requests in flight. */
import type { Deadline, Hop, Millis, OutRequest } from "@ringfence/sip";
import type { CoreSettings } from "../settings.ts";
import type { Candidate } from "./carrier.ts";
import { type Health, unknownHealth } from "./health.ts";

export type TrunkTimer =
  | { readonly owner: "trunk"; readonly trunk: string; readonly task: "keepalive" | "register" }
  /** A request of our own that should have been answered by now. */
  | { readonly owner: "trunk-request"; readonly id: number }
  | { readonly owner: "trunk-host"; readonly hop: string };

/** A request that we made for ourselves, not for a call. */
export interface OwnRequest {
  readonly kind: "options" | "register" | "withdraw";
  readonly trunk: string;
  readonly at: Hop;
  readonly sent: OutRequest;
  readonly patience: Deadline;
  /** The registration that is taken back: it is in no table any more. */
  readonly entry?: Registration | undefined;
}

export interface RegisteredPlace {
  readonly candidate: Candidate;
  /** Of the account: the request line. */
  readonly domain: string;
  readonly aor: string;
  readonly contact: string;
}

/** Our registration with one carrier (RFC 3261 §10.2). */
export interface Registration {
  readonly callId: string;
  readonly fromTag: string;
  cseq: number;
  /** The token in our Contact: what comes with it is for this registration. */
  readonly token: string;
  /** Of the password that is used; it may change while the registration stays. */
  secret: string;
  /** Where it was last asked for, and as what: there it is refreshed, and taken back. */
  place: RegisteredPlace | undefined;
  /** Until then the carrier knows our Contact, whatever has failed since. */
  boundUntil: Millis;
  /** The carrier wants no REGISTER before that (Retry-After). */
  notBefore: Millis;
  state: "trying" | "registered" | "failed";
  /** Asked for, in seconds; a 423 raises it. */
  expires: number;
  /** Tries in a row that failed; the wait grows with them. */
  failures: number;
  /** Challenges answered in a row for the present try. */
  challenges: number;
  /** Why it failed, for status: a status code or a word. */
  reason: string | undefined;
}

export interface HostChange {
  readonly at: Millis;
  readonly state: "up" | "down";
}

/** Of each place. */
const MOST_CHANGES = 50;

export class TrunkStates {
  readonly registrations = new Map<string, Registration>();
  /** By trunk and task. */
  readonly timers = new Map<string, Deadline>();
  /** By client transaction; every entry goes with its transaction. */
  readonly requests = new Map<number, OwnRequest>();
  /** By place; those of no trunk are removed when the settings change. */
  readonly health = new Map<string, Health>();
  /** By place as well: the last changes, the oldest first. */
  readonly changes = new Map<string, HostChange[]>();
  /** Waits for the next trial, by place. */
  readonly trials = new Map<string, Deadline>();
  /** The settings are new: timers must be looked at. */
  changed = true;
  /** Registrations that the settings to come do not want are taken back while the old ones are in force. */
  farewell: { readonly next: CoreSettings | undefined; readonly gone: Set<string> } | undefined;

  healthOf(hop: string): Health {
    return this.health.get(hop) ?? unknownHealth;
  }

  note(hop: string, change: HostChange): void {
    const changes = this.changes.get(hop) ?? [];
    changes.push(change);
    if (changes.length > MOST_CHANGES) changes.shift();
    this.changes.set(hop, changes);
  }
}
