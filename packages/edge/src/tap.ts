/**
 * Who looks on at the signalling: every message that the core reads, after framing and decryption, and every one that it
 * sends, before encryption. Told in the order in which things happen, from the driver alone. Must not throw, nor keep a
 * message waiting.
 */
import type { Flow } from "./flow.ts";

export interface Tap {
  /** `bytes` may be kept, and must not be changed: they are those of the message itself. A keep-alive comes here too. */
  message(direction: "in" | "out", flow: Flow, bytes: Uint8Array): void;
  /**
   * From now on messages with this Call-ID belong to that call: both legs of a call are named so, and with them every fork, whose
   * Call-ID is the leg's. Comes after the INVITE that began the call was read, and before anything was sent for it.
   */
  leg(call: string, callId: string): void;
}
