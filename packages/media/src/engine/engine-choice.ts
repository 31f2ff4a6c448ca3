/** Which engine moves the packets of this machine, and why, in words for an operator. */
import { RingfenceError } from "@ringfence/policy";
import type { EngineFactory } from "./engine.ts";
import { nativeEngine } from "./native.ts";
import { type AddonResult, type MediaAddon, mediaAddon } from "./native-addon.ts";
import { portableEngine } from "./portable.ts";

export type EngineName = "native" | "js";

/** The part of the configuration that decides. */
export interface EngineWish {
  readonly engine: "auto" | EngineName;
  readonly threads?: number | undefined;
  /** Processors for native threads. */
  readonly pin?: readonly number[] | undefined;
}

export interface EngineChoice {
  readonly name: EngineName;
  /** The end of a sentence. */
  readonly why: string;
  readonly factory: EngineFactory;
}

/** @throws RingfenceError when native threads are asked for and were not built, or shall stay on a processor that is not ours */
export function chooseEngine(wish: EngineWish, load: () => AddonResult = mediaAddon): EngineChoice {
  const js = { name: "js", factory: portableEngine({ workers: wish.threads }) } as const;
  if (wish.engine === "js") return { ...js, why: "media.engine asks for it" };
  const native = load();
  if (native.ok) {
    checkPin(wish.pin ?? [], native.addon);
    const why = wish.engine === "native" ? "media.engine asks for it" : "the native code is built";
    return { name: "native", why, factory: nativeEngine(native.addon, { threads: wish.threads, pin: wish.pin }) };
  }
  if (wish.engine === "auto") return { ...js, why: native.why };
  throw new RingfenceError(
    "native-engine-missing",
    `media.engine is native, and there is no native code: ${native.why}`,
    "Install what is missing and run ./ringfence version, or let media.engine be auto.",
  );
}

function checkPin(pin: readonly number[], addon: MediaAddon): void {
  if (pin.length === 0) return;
  const usable = addon.processors();
  const missing = pin.filter((processor) => !usable.includes(processor));
  if (missing.length === 0) return;
  throw new RingfenceError(
    "processor-missing",
    `media.pin names processor ${missing.join(", ")}, and this process may use ${usable.join(", ")}`,
    "Name some of these, or leave media.pin out.",
  );
}
