/**
 * The contexts of the native back end (native/srtp.h) behind the same two interfaces. The packet engine uses them from C++; this door is for the
 * tests that hold both back ends to one contract, and for the benchmark.
 */
import { loadNative } from "@ringfence/native";
import type { SrtpSnapshot } from "./key-state.ts";
import type { MasterKey } from "./master-key.ts";
import type { SrtpSuite } from "./profile.ts";
import type { Protector } from "./protect.ts";
import type { Unprotector } from "./unprotect.ts";

type Handle = object;
type Create = (
  suite: SrtpSuite,
  keys: readonly Required<MasterKey>[],
  resume: SrtpSnapshot | undefined,
) => Handle | undefined;

/** native/binding.cc */
interface Binding {
  readonly protector: Create;
  readonly unprotector: Create;
  rtp(handle: Handle, packet: Uint8Array, length: number): number;
  rtcp(handle: Handle, packet: Uint8Array, length: number): number;
  exhausted(handle: Handle): boolean;
  snapshot(handle: Handle): SrtpSnapshot;
}

class NativeContext implements Protector, Unprotector {
  readonly #binding: Binding;
  readonly #handle: Handle;

  constructor(binding: Binding, handle: Handle) {
    this.#binding = binding;
    this.#handle = handle;
  }

  get exhausted(): boolean {
    return this.#binding.exhausted(this.#handle);
  }

  get sources(): number {
    const { rtp, rtcp } = this.snapshot();
    return rtp.length + rtcp.length;
  }

  rtp(packet: Buffer, length: number): number {
    return this.#binding.rtp(this.#handle, packet, length);
  }

  rtcp(packet: Buffer, length: number): number {
    return this.#binding.rtcp(this.#handle, packet, length);
  }

  snapshot(): SrtpSnapshot {
    return this.#binding.snapshot(this.#handle);
  }
}

/** @throws RangeError when a key has the wrong length, or there is no native code here */
export function nativeContext(
  side: "protector" | "unprotector",
  suite: SrtpSuite,
  keys: readonly Required<MasterKey>[],
  resume: SrtpSnapshot | undefined,
): Protector & Unprotector {
  const native = loadNative();
  if (!native.loaded) throw new RangeError(`no native code: ${native.why}`);
  const binding = native.exports.srtp as Binding;
  const handle = binding[side](suite, keys, resume);
  if (handle === undefined) throw new RangeError(`${suite} does not take this key, or this snapshot`);
  return new NativeContext(binding, handle);
}
