/** What a gate is told, and what it tells. */
import type { TableCounts } from "./bounded-table.ts";
import type { SourceRate } from "./level-rates.ts";

export interface GateOptions extends SourceRate {
  /** Packets a second of all sources together behind which nobody registered. Default: as many as come. */
  readonly strangersPerSecond?: number;
  /** Octets; the largest UDP payload by default. */
  readonly maxSize?: number;
  /** The PBX, trunks and whom the configuration allows: no rate, no ban. */
  readonly exempt?: AddressSet;
  /** Whom the configuration wants to hear nothing of. Stronger than `exempt`. */
  readonly denied?: AddressSet;
  /** Nothing is enforced: native code passes on what a rate or a ban refuses, with the verdict. */
  readonly inShadow?: boolean;
  /** Sources remembered. Default 65,536, which is 1.9 MB for ever. */
  readonly slots?: number;
  /** 32 random bits, so that nobody outside knows which sources share a set. */
  readonly seed: number;
}

/** Blocks of addresses, which a socket writes as text; and the same as ranges, for native code. */
export interface AddressSet {
  has(address: string): boolean;
  readonly ranges: AddressRanges;
}

/** Sorted, apart from each other: first and last address of each, an IPv6 address in four words, the first of the wire first. */
export interface AddressRanges {
  readonly v4: Uint32Array;
  readonly v6: Uint32Array;
}

export interface GateStatus extends TableCounts {
  readonly capacity: number;
  readonly bytes: number;
  /** As `press` set it. */
  readonly pressure: number;
}

export interface GateMemory {
  readonly table: ArrayBuffer;
  readonly networks: ArrayBuffer;
  readonly registers: ArrayBuffer;
  readonly exempt: AddressRanges;
  readonly denied: AddressRanges;
}

export const nobody: AddressSet = { has: () => false, ranges: { v4: new Uint32Array(), v6: new Uint32Array() } };
/** Octets: the largest UDP payload. */
export const largestDatagram = 65_507;

/** Calls for help beside a spent budget: a tenth of it, and never fewer than five a second. */
export function helpRate({ strangersPerSecond }: Pick<GateOptions, "strangersPerSecond">): number | undefined {
  return strangersPerSecond === undefined ? undefined : Math.max(5, Math.floor(strangersPerSecond / 10));
}
