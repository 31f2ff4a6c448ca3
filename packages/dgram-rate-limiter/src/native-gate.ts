/** The gate in C++ (native/gate.h), over the memory of one in JavaScript: what one of them takes, the other misses. */
import { loadNative } from "@ringfence/native";
import type { Gate } from "./gate.ts";
import type { AddressRanges } from "./gate-options.ts";
import type { GateVerdict } from "./gate-verdict.ts";

declare const gateBrand: unique symbol;
/** For a native socket to ask. Ends with the last who holds it. */
export interface NativeGateHandle {
  readonly [gateBrand]: true;
}

/** What native/binding.cc offers. */
interface GateAddon {
  open(table: ArrayBuffer, networks: ArrayBuffer, registers: ArrayBuffer): NativeGateHandle | undefined;
  exempt(gate: NativeGateHandle, v4: Uint32Array, v6: Uint32Array): void;
  deny(gate: NativeGateHandle, v4: Uint32Array, v6: Uint32Array): void;
  admit(gate: NativeGateHandle, now: number, address: string, size: number, firstOctet: number): number;
}

export class NativeGate {
  readonly handle: NativeGateHandle;
  readonly #addon: GateAddon;
  readonly #gate: Gate;

  constructor(addon: GateAddon, handle: NativeGateHandle, gate: Gate) {
    this.#addon = addon;
    this.handle = handle;
    this.#gate = gate;
    this.refresh();
  }

  /** To be called after `apply` of the gate: the blocks of addresses are copied, not shared. */
  refresh(): void {
    const { exempt, denied } = this.#gate.memory;
    const { v4, v6 }: AddressRanges = exempt;
    this.#addon.exempt(this.handle, v4, v6);
    this.#addon.deny(this.handle, denied.v4, denied.v6);
  }

  /** As `Gate.admit`; for tests and benchmarks: a native socket asks by itself. */
  admit(now: number, address: string, size: number, firstByte: number): GateVerdict {
    return this.#addon.admit(this.handle, Math.floor(now), address, size, firstByte) as GateVerdict;
  }
}

/** Undefined where there is no native code. */
export function nativeGate(gate: Gate): NativeGate | undefined {
  const native = loadNative();
  if (!native.loaded) return undefined;
  const addon = native.exports.gate as GateAddon;
  const { table, networks, registers } = gate.memory;
  const handle = addon.open(table, networks, registers);
  return handle && new NativeGate(addon, handle, gate);
}
