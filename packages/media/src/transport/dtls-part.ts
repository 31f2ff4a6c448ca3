/**
 * DTLS of one socket: with whom it is made, and how often it may fail. Pure.
 *
 * With ICE the peer is who ICE selected: it has proven that it belongs to the signalling, and a failure is the call's.
 * Without, anybody at the signalled address may be first (threat L3): a wrong certificate ends that attempt, and the
 * peer's own is waited for until the time is over.
 */

import { Handshake, type HandshakeResult, type HandshakeStep, handshakeMs } from "../dtls/handshake.ts";
import type { DtlsIdentity } from "../dtls/identity.ts";
import type { Endpoint } from "../engine/engine.ts";
import type { HandshakeBudget } from "./handshake-budget.ts";
import type { DtlsTerms, TransportFailure } from "./transport.ts";

const maxAttempts = 5;
/** When the process has no handshake to spare. */
const budgetRetryMs = 250;

export interface DtlsStep {
  readonly to: Endpoint | undefined;
  readonly datagrams: readonly Uint8Array[];
  readonly result: HandshakeResult | undefined;
}

const nothing: DtlsStep = { to: undefined, datagrams: [], result: undefined };

export class DtlsPart {
  readonly terms: DtlsTerms;
  readonly #identity: DtlsIdentity;
  readonly #budget: HandshakeBudget;
  readonly #validated: boolean;
  #handshake: Handshake | undefined;
  #peer: Endpoint | undefined;
  #attempts = 0;
  #reason: TransportFailure = "dtls-timeout";
  /** undefined until there is somebody to make it with. */
  #endsAt: number | undefined;
  #retryAt: number | undefined;

  /** @param validated ICE says who the peer is */
  constructor(terms: DtlsTerms, identity: DtlsIdentity, budget: HandshakeBudget, validated: boolean) {
    this.terms = terms;
    this.#identity = identity;
    this.#budget = budget;
    this.#validated = validated;
  }

  get deadline(): number | undefined {
    const times = [this.#handshake?.deadline, this.#endsAt, this.#retryAt].filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** The peer is there, or moved there. undefined: somewhere, and it begins. */
  aim(peer: Endpoint | undefined, now: number): DtlsStep {
    if (this.#endsAt === undefined && this.#handshake?.isEstablished !== true) this.#endsAt = now + handshakeMs;
    this.#peer = peer ?? this.#peer;
    const begins = this.#handshake === undefined && this.terms.role === "active" && this.#peer !== undefined;
    return begins ? this.#begin(now) : nothing;
  }

  onPacket(packet: Uint8Array, source: Endpoint, now: number): DtlsStep {
    if (this.#endsAt === undefined && this.#handshake === undefined) return nothing;
    if (this.#handshake === undefined) {
      if (this.terms.role === "active" || !beginsHandshake(packet)) return nothing;
      if (!this.#validated) this.#peer = source;
      const failed = this.#open(now);
      if (this.#handshake === undefined) return failed;
    }
    const step = (this.#handshake as Handshake).onPacket(packet, now);
    return this.#after(step, now);
  }

  onDeadline(now: number): DtlsStep {
    if (this.#endsAt !== undefined && now >= this.#endsAt) return this.#fail(this.#reason);
    if (this.#retryAt !== undefined && now >= this.#retryAt) return this.#begin(now);
    return this.#handshake === undefined ? nothing : this.#after(this.#handshake.onDeadline(now), now);
  }

  close(): DtlsStep {
    const datagrams = this.#handshake?.close() ?? [];
    this.#handshake = undefined;
    this.#endsAt = undefined;
    this.#retryAt = undefined;
    return { to: this.#peer, datagrams, result: undefined };
  }

  #begin(now: number): DtlsStep {
    this.#retryAt = undefined;
    const failed = this.#open(now);
    return this.#handshake === undefined ? failed : this.#after(this.#handshake.begin(now), now);
  }

  #open(now: number): DtlsStep {
    if (!this.#budget.take(now)) {
      // As the passive side we have the peer's next flight to remind us.
      this.#retryAt = this.terms.role === "active" ? now + budgetRetryMs : undefined;
      return nothing;
    }
    const association = this.#identity.open(this.terms);
    if (association === undefined) return this.#fail("dtls-handshake");
    this.#handshake = new Handshake(association);
    this.#attempts++;
    return nothing;
  }

  #after({ datagrams, result }: HandshakeStep, now: number): DtlsStep {
    const to = this.#peer;
    if (result?.kind === "keyed") this.#endsAt = undefined;
    if (result?.kind !== "failed") return { to, datagrams, result };
    const again = !this.#validated && result.reason !== "dtls-closed" && this.#attempts < maxAttempts;
    if (!again) return { ...this.#fail(result.reason), to, datagrams };
    this.#handshake = undefined;
    this.#reason = result.reason;
    this.#endsAt ??= now + handshakeMs;
    return { to, datagrams, result: undefined };
  }

  #fail(reason: TransportFailure): DtlsStep {
    this.#handshake = undefined;
    this.#endsAt = undefined;
    this.#retryAt = undefined;
    return { ...nothing, result: { kind: "failed", reason } };
  }
}

/** RFC 6347 §4.1, §4.2.2: a handshake record of epoch 0 that begins with a ClientHello. Anything else begins nothing. */
function beginsHandshake(packet: Uint8Array): boolean {
  return (
    packet.length > 25 &&
    packet[0] === 22 &&
    packet[1] === 254 &&
    packet[3] === 0 &&
    packet[4] === 0 &&
    packet[13] === 1
  );
}
