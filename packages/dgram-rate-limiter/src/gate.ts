import { BoundedTable } from "./bounded-table.ts";
import { SourceKey } from "./source-key.ts";
import { type BucketRate, packetCost, refill } from "./token-bucket.ts";

/** Small integers, because the gate answers for every datagram before anything is allocated for it. */
export const gateVerdict = { pass: 0, overRate: 1, banned: 2, junkShape: 3, oversize: 4, noAddress: 5 } as const;
export type GateVerdict = (typeof gateVerdict)[keyof typeof gateVerdict];
/** By verdict: the label in metrics and logs. */
export const gateVerdictNames = ["pass", "over-rate", "banned", "junk-shape", "oversize", "no-address"] as const;

export interface GateOptions {
  /** Packets a second of one source, all transports together. Default 200. */
  readonly packetsPerSecond?: number;
  /** Default five seconds' worth: after a power cut an office of 300 phones behind one address registers at once. */
  readonly burst?: number;
  /** Octets; the largest UDP payload by default. */
  readonly maxSize?: number;
  /** Sources remembered. Default 65,536, which is 1.9 MB for ever. */
  readonly slots?: number;
  /** 32 random bits, so that nobody outside knows which sources share a set. */
  readonly seed: number;
}

/** A stranger that took the slot of another begins with a tenth of a second, so that churning the table buys no bursts. */
const displacedShare = 10;

/**
 * Is this datagram worth reading? Address, size and first octet only; no state from junk, a fixed amount of state in all.
 * The caller leaves out the PBX, trunks and `defence.allow`: the gate knows no exemptions.
 */
export class Gate {
  readonly #table: BoundedTable;
  readonly #key = new SourceKey();
  #rate: BucketRate;
  /** An office behind one address sends as many phones do. */
  #provenRate: BucketRate;
  #maxSize: number;
  readonly refused = { overRate: 0, banned: 0, junkShape: 0, oversize: 0, noAddress: 0 };

  constructor(options: GateOptions) {
    this.#table = new BoundedTable(options.slots ?? 65_536, options.seed);
    this.#rate = rateOf(options);
    this.#provenRate = provenRateOf(options);
    this.#maxSize = options.maxSize ?? 65_507;
  }

  /** A reload: what is known of sources stays. */
  apply(options: Omit<GateOptions, "slots" | "seed">): void {
    this.#rate = rateOf(options);
    this.#provenRate = provenRateOf(options);
    this.#maxSize = options.maxSize ?? 65_507;
  }

  /**
   * @param now monotonic milliseconds. @param size octets. @param firstByte -1 when there is none.
   * Shape comes before the table, so that junk from a million forged sources costs no slot.
   */
  admit(now: number, address: string, size: number, firstByte: number): GateVerdict {
    // Whole milliseconds throughout: a fraction lost at each packet would starve a source that sends often.
    const at = Math.floor(now);
    if (size > this.#maxSize) {
      this.refused.oversize++;
      return gateVerdict.oversize;
    }
    if (size === 0 || startBytes[firstByte] !== 1) {
      this.refused.junkShape++;
      return gateVerdict.junkShape;
    }
    if (!this.#key.read(address)) {
      this.refused.noAddress++;
      return gateVerdict.noAddress;
    }
    const slot = this.#slotOf(at);
    if (this.#table.isBanned(slot, at)) {
      this.refused.banned++;
      return gateVerdict.banned;
    }
    const rate = this.#table.isProven(slot) ? this.#provenRate : this.#rate;
    const credit = refill(this.#table.credit[slot] ?? 0, at - (this.#table.seenAt[slot] ?? at), rate);
    this.#table.seenAt[slot] = at;
    if (credit < packetCost) {
      this.#table.credit[slot] = credit;
      this.refused.overRate++;
      return gateVerdict.overRate;
    }
    this.#table.credit[slot] = credit - packetCost;
    return gateVerdict.pass;
  }

  /** For connections: is the source banned now? Takes nothing from its rate. */
  isBanned(now: number, address: string): boolean {
    const slot = this.#key.read(address) ? this.#table.find(this.#key) : -1;
    return slot >= 0 && this.#table.isBanned(slot, now);
  }

  ban(now: number, address: string, forMs: number): void {
    if (this.#key.read(address)) this.#table.ban(this.#slotOf(now), now, now + forMs);
  }

  unban(address: string): void {
    const slot = this.#key.read(address) ? this.#table.find(this.#key) : -1;
    if (slot >= 0) this.#table.unban(slot);
  }

  /** A phone behind this source registered: strangers cannot push it out of the table, and its rate is ten times theirs. */
  prove(now: number, address: string): boolean {
    return this.#key.read(address) && this.#table.prove(this.#slotOf(now), now);
  }

  demote(address: string): void {
    const slot = this.#key.read(address) ? this.#table.find(this.#key) : -1;
    if (slot >= 0) this.#table.demote(slot);
  }

  status(now: number): GateStatus {
    return { ...this.#table.counts(now), capacity: this.#table.capacity, bytes: this.#table.bytes };
  }

  #slotOf(now: number): number {
    const known = this.#table.find(this.#key);
    if (known >= 0) return known;
    const slot = this.#table.claim(this.#key, now);
    const full = this.#rate.burst * packetCost;
    const start = (this.#rate.packetsPerSecond * packetCost) / displacedShare;
    this.#table.credit[slot] = this.#table.displaced ? Math.min(full, Math.max(packetCost, start)) : full;
    return slot;
  }
}

export interface GateStatus {
  readonly tracked: number;
  readonly proven: number;
  readonly banned: number;
  readonly capacity: number;
  readonly bytes: number;
}

function rateOf(options: Pick<GateOptions, "packetsPerSecond" | "burst">): BucketRate {
  const packetsPerSecond = options.packetsPerSecond ?? 200;
  // 4,000,000 packets of credit are what a 32-bit slot can hold.
  const burst = Math.min(options.burst ?? packetsPerSecond * 5, 4_000_000);
  return { packetsPerSecond, burst };
}

const provenFactor = 10;

function provenRateOf(options: Pick<GateOptions, "packetsPerSecond" | "burst">): BucketRate {
  const stranger = rateOf(options);
  return rateOf({ packetsPerSecond: stranger.packetsPerSecond * provenFactor });
}

/** A start line begins with a token character (RFC 3261 §25.1: a method, or `SIP/2.0`); CR and LF are keep-alives (RFC 5626 §3.5.1). */
const startBytes = new Uint8Array(256);
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.!%*_+`'~\r\n") {
  startBytes[character.charCodeAt(0)] = 1;
}
