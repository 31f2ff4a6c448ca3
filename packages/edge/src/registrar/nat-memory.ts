/**
 * How long a NAT really keeps a mapping, learnt from those it lost: a UDP phone that goes on registering, but from another
 * port of the same address, was not to be reached in between. From then on everybody behind that address is kept alive more
 * often, and by OPTIONS: many a NAT counts only what goes out (RFC 4787 REQ-6 asks no more), and the answer does. After
 * a while without a loss it is tried with less again.
 */
import type { Millis } from "@ringfence/sip";
import { CappedMap } from "../capped-map.ts";
import type { OneFlow } from "./binding.ts";

/** Addresses that are known to lose mappings; the oldest loss is forgotten first. */
const MAX_NATS = 10_000;
/** How often the interval may be halved, and what it never falls below. */
const MAX_LEVEL = 2;
const SHORTEST: Millis = 10_000;
/** Without a loss for so long, one level is taken back. */
const GOOD_FOR: Millis = 6 * 3_600_000;
/** What such phones register for: their own refresh goes out through the NAT too. */
const SECONDS = 30;

interface Nat {
  readonly level: number;
  readonly since: Millis;
}

export class NatMemory {
  readonly #byAddress = new CappedMap<string, Nat>(MAX_NATS);

  /** A phone registered again: did its mapping change though it is the same phone, at the same address? */
  registered(now: Millis, before: OneFlow | undefined, after: OneFlow): void {
    if (before === undefined || before.flow.transport !== "udp" || after.flow.transport !== "udp") return;
    const [old, fresh] = [before.flow.packetSource, after.flow.packetSource];
    // A phone that was switched off and on begins with a new Call-ID (RFC 3261 §10.2), and moves its port itself.
    if (old.address !== fresh.address || old.port === fresh.port) return;
    if (before.callId !== after.callId || before.regId !== after.regId) return;
    const level = Math.min(MAX_LEVEL, (this.#at(now, fresh.address)?.level ?? -1) + 1);
    this.#byAddress.set(fresh.address, { level, since: now });
  }

  /** Between two keep-alives; the configured time is the longest. */
  interval(now: Millis, address: string, configured: Millis): Millis {
    const nat = this.#at(now, address);
    return nat === undefined ? configured : Math.min(configured, Math.max(SHORTEST, configured / 2 ** nat.level));
  }

  /** Whether each keep-alive must draw an answer. */
  answersOnly(now: Millis, address: string): boolean {
    return this.#at(now, address) !== undefined;
  }

  /** What a phone behind it registers for at most. */
  seconds(now: Millis, { transport, packetSource }: OneFlow["flow"]): number {
    const lossy = transport === "udp" && this.#at(now, packetSource.address) !== undefined;
    return lossy ? SECONDS : Number.POSITIVE_INFINITY;
  }

  #at(now: Millis, address: string): Nat | undefined {
    if (this.#byAddress.size === 0) return undefined;
    const nat = this.#byAddress.get(address);
    if (nat === undefined) return undefined;
    const level = nat.level - Math.floor((now - nat.since) / GOOD_FOR);
    if (level >= 0) return { level, since: nat.since };
    this.#byAddress.delete(address);
    return undefined;
  }
}
