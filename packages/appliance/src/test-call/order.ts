/** What a test call is to do, and what came of it. */
import type { SipServer } from "../io/sip-line.ts";

export interface CallAccount {
  readonly user: string;
  readonly password: string;
}

export interface TestCallOrder {
  readonly server: SipServer;
  readonly domain: string;
  readonly caller: CallAccount;
  /** A second account of the same service, that answers; or a number that does: an echo. */
  readonly callee: CallAccount | { readonly number: string };
  readonly srtp: "required" | "off";
  /** Milliseconds of sound each way. */
  readonly talk: number;
}

export type StepName = "reach" | "register" | "call" | "answer" | "sound" | "end";

export interface TestCallStep {
  readonly step: StepName;
  readonly ok: boolean;
  readonly said: string;
  /** What to do, where it went wrong. */
  readonly remedy?: string;
  /** Milliseconds. */
  readonly took: number;
}

export interface TestCallReport {
  readonly ok: boolean;
  /** In the order in which they were gone through; the last one is the first that failed. */
  readonly steps: readonly TestCallStep[];
  /** Packets of sound, both phones together. */
  readonly sent: number;
  /** Those in which the other side's sound was heard. */
  readonly heard: number;
  /** SRTP suite of the caller; undefined: plain RTP, or it never came so far. */
  readonly suite: string | undefined;
}

/** Which of the two phones. */
export type End = "caller" | "callee";

/** Short enough that nobody waits for it, and a call is a call. */
export const talkBounds: { readonly least: number; readonly most: number } = { least: 500, most: 60_000 };
