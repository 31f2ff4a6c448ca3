/** What is known of carriers beyond the configuration: health of their hosts, our registrations, our own requests in flight. */
import type { Deadline, Hop, OutRequest } from "@ringfence/sip";
import { type Health, unknownHealth } from "./health.ts";

export type TrunkTimer =
  | { readonly owner: "trunk"; readonly trunk: string; readonly task: "keepalive" | "register" }
  /** A request of our own that should have been answered by now. */
  | { readonly owner: "trunk-request"; readonly id: number }
  | { readonly owner: "trunk-host"; readonly hop: string };

/** A request that we made for ourselves, not for a call. */
export interface OwnRequest {
  readonly kind: "options" | "register";
  readonly trunk: string;
  readonly at: Hop;
  readonly sent: OutRequest;
  readonly patience: Deadline;
}

/** Our registration with one carrier (RFC 3261 §10.2). */
export interface Registration {
  readonly callId: string;
  readonly fromTag: string;
  cseq: number;
  /** The token in our Contact: what comes with it is for this registration. */
  readonly token: string;
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

export class TrunkStates {
  readonly registrations = new Map<string, Registration>();
  /** By trunk and task. */
  readonly timers = new Map<string, Deadline>();
  /** By client transaction; every entry goes with its transaction. */
  readonly requests = new Map<number, OwnRequest>();
  /** By place; those of no trunk are removed when the settings change. */
  readonly health = new Map<string, Health>();
  /** Waits for the next trial, by place. */
  readonly trials = new Map<string, Deadline>();
  /** The settings are new: timers must be looked at. */
  changed = true;

  healthOf(hop: string): Health {
    return this.health.get(hop) ?? unknownHealth;
  }
}
