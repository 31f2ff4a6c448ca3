import { BoundedTable, type SourceLevel, sourceLevel } from "./bounded-table.ts";
import {
  type AddressSet,
  type GateMemory,
  type GateOptions,
  type GateStatus,
  helpRate,
  largestDatagram,
  nobody,
} from "./gate-options.ts";
import { GateRegisters } from "./gate-registers.ts";
import { type GateVerdict, gateVerdict, startBytes } from "./gate-verdict.ts";
import { type LevelRates, levelRates } from "./level-rates.ts";
import { SharedBudget } from "./shared-budget.ts";
import { claim, take } from "./slot-credit.ts";
import { SourceKey } from "./source-key.ts";
import type { BucketRate } from "./token-bucket.ts";

const networkSlots = 16_384;
const bannedRate: BucketRate = { packetsPerSecond: 1, burst: 5 };

/**
 * Is this datagram worth reading? Address, size and first octet only; no state from junk, a fixed amount of state in all.
 * A source is asked three things: its own rate, that of the strangers in its /48, and that of all strangers together.
 */
export class Gate {
  readonly #table: BoundedTable;
  /** Banned /48s, and what the strangers in each send. */
  readonly #networks: BoundedTable;
  readonly #key = new SourceKey();
  readonly #strangers: SharedBudget;
  readonly #help: SharedBudget;
  readonly #registers: GateRegisters;
  #rates: LevelRates;
  #maxSize: number;
  #exempt: AddressSet;
  #denied: AddressSet;

  constructor(options: GateOptions) {
    this.#table = new BoundedTable(options.slots ?? 65_536, options.seed);
    this.#networks = new BoundedTable(networkSlots, options.seed);
    this.#registers = new GateRegisters(options.seed, [this.#table.sets, this.#networks.sets]);
    this.#strangers = new SharedBudget(options.strangersPerSecond, this.#registers.strangers);
    this.#help = new SharedBudget(helpRate(options));
    this.#rates = levelRates(options);
    this.#maxSize = options.maxSize ?? largestDatagram;
    this.#exempt = options.exempt ?? nobody;
    this.#denied = options.denied ?? nobody;
    this.#registers.apply(this.#rates, this.#maxSize, options.inShadow === true);
  }

  /** What native code works on as well. */
  get memory(): GateMemory {
    return {
      table: this.#table.memory,
      networks: this.#networks.memory,
      registers: this.#registers.memory,
      exempt: this.#exempt.ranges,
      denied: this.#denied.ranges,
    };
  }

  /** By verdict: what native code refused, and who asks here counts with it. */
  get refused(): Float64Array {
    return this.#registers.refused;
  }

  /** A reload: what is known of sources stays. */
  apply(options: Omit<GateOptions, "slots" | "seed">): void {
    this.#strangers.apply(options.strangersPerSecond);
    this.#help.apply(helpRate(options));
    this.#rates = levelRates(options);
    this.#maxSize = options.maxSize ?? largestDatagram;
    this.#exempt = options.exempt ?? nobody;
    this.#denied = options.denied ?? nobody;
    this.#registers.apply(this.#rates, this.#maxSize, options.inShadow === true);
  }

  /**
   * @param now monotonic milliseconds. @param size octets. @param firstByte -1 when there is none.
   * Shape comes before the table, so that junk from a million forged sources costs no slot.
   */
  admit(now: number, address: string, size: number, firstByte: number): GateVerdict {
    if (this.#denied.has(address)) return gateVerdict.denied;
    if (this.#exempt.has(address)) return gateVerdict.pass;
    if (size > this.#maxSize) return gateVerdict.oversize;
    if (size === 0 || startBytes[firstByte] !== 1) return gateVerdict.junkShape;
    if (!this.#key.read(address)) return gateVerdict.noAddress;
    // Whole milliseconds throughout: a fraction lost at each packet would starve a source that sends often.
    const at = Math.floor(now);
    const slot = this.#table.find(this.#key);
    return slot < 0 ? this.#admitNew(at) : this.#admitKnown(slot, at);
  }

  /** A source without a slot gets one only if it may pass: what a flood is refused leaves the table as it is. */
  #admitNew(at: number): GateVerdict {
    const { high, low } = this.#key;
    const verdict = this.#admitNetwork(at);
    if (verdict !== gateVerdict.pass) return verdict;
    if (!this.#strangers.take(at)) return gateVerdict.strangersFull;
    this.#key.restore(high, low);
    take(this.#table, claim(this.#table, this.#key, at, this.#rates.of[0]), at, this.#rates.of[0]);
    return gateVerdict.pass;
  }

  #admitKnown(slot: number, at: number): GateVerdict {
    const level = this.#table.level(slot);
    const stranger = level === sourceLevel.unknown;
    const banned = this.#table.isBanned(slot, at) || this.#isNetworkBanned(at);
    if (banned) return stranger ? gateVerdict.banned : gateVerdict.shared;
    if (!take(this.#table, slot, at, this.#rates.of[level])) return gateVerdict.overRate;
    if (!stranger) return gateVerdict.pass;
    const verdict = this.#admitNetwork(at);
    if (verdict !== gateVerdict.pass || this.#table.wasHelped(slot)) return verdict;
    return this.#strangers.take(at) ? gateVerdict.pass : gateVerdict.strangersFull;
  }

  /** A stranger's /48. Turns the key into it. */
  #admitNetwork(at: number): GateVerdict {
    if (!this.#key.widen()) return gateVerdict.pass;
    const known = this.#networks.find(this.#key);
    if (known >= 0 && this.#networks.isBanned(known, at)) return gateVerdict.banned;
    const slot = known >= 0 ? known : claim(this.#networks, this.#key, at, this.#rates.network);
    return take(this.#networks, slot, at, this.#rates.network) ? gateVerdict.pass : gateVerdict.overRate;
  }

  #isNetworkBanned(at: number): boolean {
    if (!this.#key.widen()) return false;
    const network = this.#networks.find(this.#key);
    return network >= 0 && this.#networks.isBanned(network, at);
  }

  /** The few datagrams of a banned source that may matter: a call for help, a phone that comes back. One a second. */
  admitBanned(now: number, address: string): boolean {
    if (!this.#key.read(address)) return false;
    return take(this.#table, this.#slotOf(Math.floor(now)), Math.floor(now), bannedRate);
  }

  /** A call for help while the strangers' budget is spent. What follows from that source no longer needs the budget. */
  admitHelp(now: number, address: string): boolean {
    const at = Math.floor(now);
    if (!this.#key.read(address) || !this.#help.take(at)) return false;
    const slot = this.#slotOf(at);
    this.#table.help(slot);
    return take(this.#table, slot, at, this.#rates.of[0]);
  }

  /** For connections: `banned`, `shared` or `pass`. Takes nothing from its rate. */
  held(now: number, address: string): GateVerdict {
    if (!this.#key.read(address)) return gateVerdict.pass;
    const slot = this.#table.find(this.#key);
    const banned = (slot >= 0 && this.#table.isBanned(slot, now)) || this.#isNetworkBanned(now);
    if (!banned) return gateVerdict.pass;
    const known = slot >= 0 && this.#table.level(slot) !== sourceLevel.unknown;
    return known ? gateVerdict.shared : gateVerdict.banned;
  }

  /** @param source `192.0.2.1`, `2001:db8::1` or `2001:db8:1:2::/64` for all that share it, `2001:db8:1::/48` */
  ban(now: number, source: string, forMs: number): void {
    const table = this.#read(source);
    if (table === undefined) return;
    const at = Math.floor(now);
    const known = table.find(this.#key);
    const rate = table === this.#table ? this.#rates.of[0] : this.#rates.network;
    table.ban(known >= 0 ? known : claim(table, this.#key, at, rate), at, at + forMs);
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

  /**
   * What is known of a source from now on, unless more is known already. From `registered` up strangers cannot push it out of the
   * table, it has a rate of its own, and the strangers' budget is none of its business. False: its corner of the table is full.
   */
  promote(now: number, address: string, level: SourceLevel): boolean {
    if (!this.#key.read(address)) return false;
    const at = Math.floor(now);
    const slot = this.#slotOf(at);
    return this.#table.level(slot) >= level || this.#table.setLevel(slot, at, level);
  }

  /** No more than `level` is known of it, whatever was. */
  demote(now: number, address: string, level: SourceLevel = sourceLevel.unknown): void {
    const slot = this.#key.read(address) ? this.#table.find(this.#key) : -1;
    if (slot >= 0 && this.#table.level(slot) > level) this.#table.setLevel(slot, Math.floor(now), level);
  }

  levelOf(address: string): SourceLevel {
    const slot = this.#key.read(address) ? this.#table.find(this.#key) : -1;
    return slot < 0 ? sourceLevel.unknown : this.#table.level(slot);
  }

  /** How much the edge has to do: 0 is nothing out of the ordinary, and each step halves what strangers may send. */
  press(pressure: number): void {
    this.#strangers.press(pressure);
  }

  status(now: number): GateStatus {
    return {
      ...this.#table.counts(now),
      capacity: this.#table.capacity,
      bytes: this.#table.bytes + this.#networks.bytes,
      pressure: this.#strangers.pressure,
    };
  }

  #slotOf(at: number): number {
    const known = this.#table.find(this.#key);
    return known >= 0 ? known : claim(this.#table, this.#key, at, this.#rates.of[0]);
  }
}
