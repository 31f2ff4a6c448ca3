/**
 * When an association's flights are sent (again), and how long a handshake may take (RFC 6347 §4.2.4). Pure: deadlines out,
 * time in.
 */
import type { SrtpKey } from "../engine/engine.ts";
import type { TransportFailure } from "../transport/transport.ts";
import type { Association, Step } from "./identity.ts";

/** RFC 6347 §4.2.4.1 begins at one second, for any path there is. A call is waiting here: browsers begin at 50 ms. */
const firstRetransmitMs = 400;
const longestRetransmitMs = 3_000;
/** A browser gives up after 15 s. */
export const handshakeMs = 20_000;
/** A handshake has about twenty datagrams, and each may come a few times. What a peer sends beyond is not looked at. */
const maxDatagrams = 300;

export type HandshakeResult =
  | { readonly kind: "keyed"; readonly inbound: SrtpKey; readonly outbound: SrtpKey }
  | { readonly kind: "failed"; readonly reason: TransportFailure };

export interface HandshakeStep {
  /** In their order. */
  readonly datagrams: readonly Uint8Array[];
  readonly result: HandshakeResult | undefined;
}

const nothing: HandshakeStep = { datagrams: [], result: undefined };

export class Handshake {
  readonly #association: Association;
  #state: Step["state"] = "handshaking";
  #waitMs = firstRetransmitMs;
  #retransmitAt: number | undefined;
  #datagrams = 0;

  constructor(association: Association) {
    this.#association = association;
  }

  /** When to call `onDeadline`. */
  get deadline(): number | undefined {
    return this.#retransmitAt;
  }

  get isEstablished(): boolean {
    return this.#state === "established";
  }

  /** The active side's first flight. */
  begin(now: number): HandshakeStep {
    return this.#after(this.#association.begin(), now);
  }

  onPacket(datagram: Uint8Array, now: number): HandshakeStep {
    if (this.#state === "failed" || this.#state === "closed") return nothing;
    if (this.#state === "handshaking" && ++this.#datagrams > maxDatagrams) return nothing;
    return this.#after(this.#association.receive(datagram), now);
  }

  onDeadline(now: number): HandshakeStep {
    if (this.#retransmitAt === undefined || now < this.#retransmitAt) return nothing;
    this.#waitMs = Math.min(2 * this.#waitMs, longestRetransmitMs);
    this.#retransmitAt = now + this.#waitMs;
    const step = this.#association.retransmit();
    if (!step.awaitsAnswer) this.#retransmitAt = undefined;
    return { datagrams: step.datagrams, result: this.#resultOf(step) };
  }

  /** close_notify, where there is somebody to tell. */
  close(): readonly Uint8Array[] {
    this.#retransmitAt = undefined;
    const { datagrams } = this.#association.close();
    this.#state = "closed";
    return datagrams;
  }

  #after(step: Step, now: number): HandshakeStep {
    if (!step.awaitsAnswer) this.#retransmitAt = undefined;
    // A flight that is new starts from the short wait again; one that goes on waiting keeps its time.
    else if (step.datagrams.length > 0 || this.#retransmitAt === undefined) {
      this.#waitMs = firstRetransmitMs;
      this.#retransmitAt = now + this.#waitMs;
    }
    return { datagrams: step.datagrams, result: this.#resultOf(step) };
  }

  /** Of a state that is new. */
  #resultOf({ state, failure }: Step): HandshakeResult | undefined {
    if (state === this.#state) return undefined;
    this.#state = state;
    if (state === "closed") return { kind: "failed", reason: "dtls-closed" };
    const keys = state === "established" ? this.#association.keys() : undefined;
    if (keys !== undefined) return { kind: "keyed", ...keys };
    return { kind: "failed", reason: failure === "fingerprint" ? "dtls-fingerprint" : "dtls-handshake" };
  }
}
