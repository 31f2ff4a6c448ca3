/** Non-INVITE requests that cross: which server transaction waits for the answer of which client transaction. */
import type { Deadline, Millis, OutRequest, SessionGrant } from "@ringfence/sip";
import type { LegName } from "../media-port.ts";
import { TokenIndex } from "../registrar/token-index.ts";
import type { AccountRefusal } from "../registrar/unwelcome.ts";
import type { Served } from "../served.ts";
import type { Subscription } from "../subscription/subscription.ts";

export interface RegisterStep {
  readonly kind: "register";
  readonly aor: string;
  readonly user: string;
  readonly domain: string;
  readonly shownDomain: string;
  /** The contacts of this request with the expiry asked for, in seconds; "*" removes all. */
  readonly contacts: readonly WantedContact[] | "*";
  /**
   * It will be refused so whatever the PBX says, but not before the PBX was asked, without a Contact: a stranger must not
   * learn from a quick answer which domains and accounts there are.
   */
  readonly denied?: { readonly status: number; readonly phrase: string; readonly reason: AccountRefusal } | undefined;
  /** With `authentication: edge`: what went to the PBX, to be repeated with the answer to its challenge. */
  readonly sent?: OutRequest;
}

export interface WantedContact {
  readonly token: string;
  readonly uri: string;
  readonly expires: number;
  /** RFC 5626: the phone asks for outbound, and this is the number of its flow. */
  readonly regId?: number | undefined;
  /** RFC 5768: the phone does ICE. */
  readonly ice: boolean;
  /** `expires` is 0 for this flow only: the phone has another. */
  readonly oneFlow?: boolean;
}

export interface InDialogStep {
  readonly kind: "in-dialog";
  readonly call: string;
  readonly from: LegName;
  /** The request carried an SDP offer: the media relay waits for its fate. */
  readonly offer?: boolean;
  /** It went out in a dialog beside the call's, whose end is not the call's. */
  readonly aside?: boolean | undefined;
  /** Of an UPDATE: the session timer that its 2xx grants. */
  readonly session?: SessionGrant | undefined;
}

export interface OutOfDialogStep {
  readonly kind: "out-of-dialog";
}

export interface StandingStep {
  readonly kind: "standing" | "publish";
}

export interface SubscribeStep {
  readonly kind: "subscribe";
  readonly subscription: Subscription;
  /** As asked for. */
  readonly seconds: number;
}

export interface NotifyStep {
  readonly kind: "notify";
  readonly id: string;
}

export interface Relay extends Served {
  readonly step: RegisterStep | InDialogStep | OutOfDialogStep | StandingStep | SubscribeStep | NotifyStep;
}

/**
 * The sender of a non-INVITE request gives up after 32 s (64*T1), and an answer at that moment is of no use to anybody
 * (RFC 4320 §4.2): ours comes while it still listens.
 */
const PATIENCE: Millis = 20_000;

/** Keyed by client transaction; its cap is that of the transaction table, every entry goes with its transaction. */
export class Relays {
  readonly #entries = new Map<number, { readonly relay: Relay; readonly timer: Deadline }>();
  /** Which of them ask for a contact: client transactions by `contactKey`. */
  readonly #asking = new TokenIndex();
  readonly #deadlines: { arm(at: Millis, event: RelayTimer): Deadline; disarm(deadline: Deadline): void };

  constructor(deadlines: { arm(at: Millis, event: RelayTimer): Deadline; disarm(deadline: Deadline): void }) {
    this.#deadlines = deadlines;
  }

  add(now: Millis, clientTx: number, relay: Relay): void {
    this.#put(now + PATIENCE, clientTx, relay);
  }

  /** The request went out again as another transaction; who waits for the answer does not wait longer. */
  move(from: number, to: number, relay: Relay): void {
    const entry = this.#entries.get(from);
    if (entry === undefined) return;
    this.delete(from);
    this.#put(entry.timer.at, to, relay);
  }

  get(clientTx: number): Relay | undefined {
    return this.#entries.get(clientTx)?.relay;
  }

  delete(clientTx: number): void {
    const entry = this.#entries.get(clientTx);
    if (entry === undefined) return;
    this.#deadlines.disarm(entry.timer);
    this.#entries.delete(clientTx);
    for (const key of contactKeys(entry.relay)) this.#asking.delete(key, String(clientTx));
  }

  /** The token under which the PBX is being asked for this contact of the account now; undefined: it is not. */
  tokenAskedFor(aor: string, uri: string): string | undefined {
    for (const id of this.#asking.of(contactKey(aor, uri))) {
      const step = this.get(Number(id))?.step;
      if (step?.kind === "register" && step.contacts !== "*") return step.contacts.find((c) => c.uri === uri)?.token;
    }
    return undefined;
  }

  #put(at: Millis, id: number, relay: Relay): void {
    this.#entries.set(id, { relay, timer: this.#deadlines.arm(at, { owner: "relay", id }) });
    for (const key of contactKeys(relay)) this.#asking.add(key, String(id));
  }
}

function contactKeys({ step }: Relay): readonly string[] {
  return step.kind === "register" && step.contacts !== "*" ? step.contacts.map((c) => contactKey(step.aor, c.uri)) : [];
}

/** No URI has a space. */
function contactKey(aor: string, uri: string): string {
  return `${aor} ${uri}`;
}

export interface RelayTimer {
  readonly owner: "relay";
  readonly id: number;
}
