/** What packages/media/native/binding.cc offers, and whether it is there. */
import { loadNative } from "@ringfence/native";

/** A packet thread; stopped when it is forgotten. */
declare const threadBrand: unique symbol;
export interface NativeThread {
  readonly [threadBrand]: true;
}

declare const latchBrand: unique symbol;
export interface NativeLatch {
  readonly [latchBrand]: true;
}

declare const keysBrand: unique symbol;
export interface NativeKeys {
  readonly [keysBrand]: true;
}

export interface MediaAddon {
  /**
   * @param processor the thread stays on it; undefined: where the system likes
   * @param onEvents events in octets, see native-events.ts
   * @returns undefined when the system gives no thread
   */
  startThread(
    processor: number | undefined,
    maskSeed: number,
    onEvents: (events: Buffer) => void,
  ): NativeThread | undefined;
  /** Commands in octets (native-commands.ts): the first `length` of them. They are copied. */
  submit(thread: NativeThread, commands: Buffer, length: number): void;
  /** Grows at least once a second, unless the thread is stuck. */
  beats(thread: NativeThread): number;
  /** -20 goes first, 19 last; 0 before the thread has begun. */
  nice(thread: NativeThread): number;
  /** Those that this process may use. */
  processors(): readonly number[];
  /** Waits `patienceMs` at most for the thread to end; its sockets are closed when it does. No event follows. */
  stop(thread: NativeThread, patienceMs: number): void;
  /** The reasons that events name by their place. */
  readonly dropReasons: readonly string[];
  readonly twins: NativeTwins;
}

/** The pure rules, for tests that compare them with ours. Drop reasons by their place, -1 for none; true is 1. */
export interface NativeTwins {
  classifyRtp(packet: Buffer): number;
  classifyRtcp(packet: Buffer): number;
  rtpPaddingFits(packet: Buffer): number;
  rtcpCompoundFits(packet: Buffer): number;
  isMuxedRtcp(packet: Buffer): number;
  filterRtcp(packet: Buffer, feedback: number, reducedSize: number, seed: number): number;
  mask(packet: Buffer, seed: number): void;
  latch(): NativeLatch;
  /** @param command a `configure` in octets */
  latchConfigure(latch: NativeLatch, command: Buffer, now: number): void;
  latchNarrow(latch: NativeLatch, address: string, ssrc: number, now: number): void;
  latchPeek(latch: NativeLatch, address: string, port: number, now: number): number;
  latchAccept(
    latch: NativeLatch,
    address: string,
    port: number,
    ssrc: number,
    payloadType: number,
    now: number,
  ): number;
  /** "address port" */
  latchTarget(latch: NativeLatch): string;
  /** A reader and a writer of key presses. */
  keys(type: number, clockRate: number): NativeKeys;
  /** @param packet in clear, well formed; undefined: time passes. @returns 1 for an event */
  keysRead(keys: NativeKeys, packet: Buffer | undefined, now: number): number;
  /** "event duration" of a press that ended; undefined when none is left to say */
  keysSaid(keys: NativeKeys): string | undefined;
  keysPress(keys: NativeKeys, event: number, durationMs: number, now: number): void;
  /** Rewrites in place. @returns the length to send */
  keysWrite(keys: NativeKeys, packet: Buffer, now: number): number;
}

export type AddonResult =
  | { readonly ok: true; readonly addon: MediaAddon }
  /** `why` is the end of a sentence. */
  | { readonly ok: false; readonly why: string };

export function mediaAddon(): AddonResult {
  const native = loadNative();
  if (!native.loaded) return { ok: false, why: native.why };
  // The shape above is the binding's own: both are built from one commit, or `loadNative` says that they are not.
  return { ok: true, addon: native.exports.media as MediaAddon };
}
