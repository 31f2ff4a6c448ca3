/** What goes into a trial, and what comes out of it. */
import type { Random } from "@ringfence/sip";
import type { End, TestCallOrder, TestCallReport, TestCallStep } from "./order.ts";
import type { Agreed } from "./session.ts";

export interface Place {
  readonly address: string;
  readonly port: number;
}

export type TrialInput =
  | { readonly kind: "bytes"; readonly end: End; readonly bytes: Uint8Array }
  | { readonly kind: "sound"; readonly end: End; readonly bytes: Uint8Array; readonly from: string }
  | { readonly kind: "lost"; readonly end: End }
  /** A deadline has come, or may have. */
  | { readonly kind: "wake" }
  | { readonly kind: "stop" };

export type TrialOutput =
  | { readonly kind: "bytes"; readonly end: End; readonly bytes: Uint8Array }
  | { readonly kind: "sound"; readonly end: End; readonly bytes: Uint8Array; readonly to: Place }
  /** How the sound of a phone was agreed on, before its first packet. */
  | { readonly kind: "agreed"; readonly end: End; readonly agreed: Agreed }
  | { readonly kind: "finished"; readonly report: TestCallReport };

export interface TrialEnd {
  readonly end: End;
  /** Our sides of its sockets. */
  readonly line: Place;
  readonly sound: Place;
}

export interface TrialOptions {
  readonly order: TestCallOrder;
  readonly ends: readonly TrialEnd[];
  /** What came before: the way there. */
  readonly reached: TestCallStep;
  readonly random: Random;
}
