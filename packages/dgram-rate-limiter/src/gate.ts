import { BoundedTable } from "./bounded-table.ts";
import { SourceKey } from "./source-key.ts";
import { type BucketRate, packetCost, refill } from "./token-bucket.ts";

/**
 * `shared`: banned, and phones that registered are behind that address: they alone are to be heard.
 * Small integers, because the gate answers for every datagram before anything is allocated for it.
 */
export const gateVerdict = {
  pass: 0,
  overRate: 1,
  banned: 2,
  junkShape: 3,
  oversize: 4,
  noAddress: 5,
  shared: 6,
} as const;
export type GateVerdict = (typeof gateVerdict)[keyof typeof gateVerdict];
/** By verdict: the label in metrics and logs; `shared` is told as `banned`. */
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
const networkSlots = 4_096;
const bannedRate: BucketRate = { packetsPerSecond: 1, burst: 5 };

/**
 * Is this datagram worth reading? Address, size and first octet only; no state from junk, a fixed amount of state in all.
 * The caller leaves out the PBX, trunks and `defence.allow`: the gate knows no exemptions.
 */
export class Gate {
  readonly #table: BoundedTable;
  /** Banned /48s. */
  readonly #networks: BoundedTable;
  /** Zero: nothing has to be looked up. */
  #bannedNetworks = 0;
  readonly #key = new SourceKey();
  #rate: BucketRate;
  /** An office behind one address sends as many phones do. */
  #provenRate: BucketRate;
  #maxSize: number;
  readonly refused = { overRate: 0, banned: 0, junkShape: 0, oversize: 0, noAddress: 0 };

  constructor(options: GateOptions) {
    this.#table = new BoundedTable(options.slots ?? 65_536, options.seed);
    this.#networks = new BoundedTable(networkSlots, options.seed);
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
    const shared = this.#table.isProven(slot);
    if (this.#table.isBanned(slot, at) || this.#isNetworkBanned(at)) {
      this.refused.banned++;
      return shared ? gateVerdict.shared : gateVerdict.banned;
    }
    if (take(this.#table, slot, at, shared ? this.#provenRate : this.#rate)) return gateVerdict.pass;
    this.refused.overRate++;
    return gateVerdict.overRate;
  }

  /** The few datagrams of a banned source that may matter: a call for help, a phone that comes back. One a second. */
  admitBanned(now: number, address: string): boolean {
    if (!this.#key.read(address)) return false;
    return take(this.#table, this.#slotOf(Math.floor(now)), Math.floor(now), bannedRate);
  }

  #isNetworkBanned(at: number): boolean {
    if (this.#bannedNetworks === 0 || !this.#key.widen()) return false;
    const network = this.#networks.find(this.#key);
    return network >= 0 && this.#networks.isBanned(network, at);
  }

  /** For connections: `banned`, `shared` or `pass`. Takes nothing from its rate. */
  held(now: number, address: string): GateVerdict {
    if (!this.#key.read(address)) return gateVerdict.pass;
    const slot = this.#table.find(this.#key);
    const banned = (slot >= 0 && this.#table.isBanned(slot, now)) || this.#isNetworkBanned(now);
    if (!banned) return gateVerdict.pass;
    return slot >= 0 && this.#table.isProven(slot) ? gateVerdict.shared : gateVerdict.banned;
  }

  /** @param source `192.0.2.1`, `2001:db8::1` or `2001:db8:1:2::/64` for all that share it, `2001:db8:1::/48` */
  ban(now: number, source: string, forMs: number): void {
    const table = this.#read(source);
    if (table === this.#table) return table.ban(this.#slotOf(now), now, now + forMs);
    if (table === undefined) return;
    const known = table.find(this.#key);
    table.ban(known >= 0 ? known : table.claim(this.#key, now), now, now + forMs);
    this.#bannedNetworks++;
  }

  unban(source: string): void {
    const table = this.#read(source);
    const slot = table?.find(this.#key) ?? -1;
    if (slot >= 0) table?.unban(slot);
  }

  /** The table in which this source or network stands, its key read. */
  #read(source: string): BoundedTable | undefined {
    const slash = source.indexOf("/");
    if (!this.#key.read(slash < 0 ? source : source.slice(0, slash))) return undefined;
    return source.endsWith("/48") && this.#key.widen() ? this.#networks : this.#table;
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
    return {
      ...this.#table.counts(now),
      capacity: this.#table.capacity,
      bytes: this.#table.bytes + this.#networks.bytes,
    };
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

/** Takes a packet's worth from a slot. False: there is none. */
function take(table: BoundedTable, slot: number, at: number, rate: BucketRate): boolean {
  const credit = refill(table.credit[slot] ?? 0, at - (table.seenAt[slot] ?? at), rate);
  table.seenAt[slot] = at;
  const enough = credit >= packetCost;
  table.credit[slot] = enough ? credit - packetCost : credit;
  return enough;
}
