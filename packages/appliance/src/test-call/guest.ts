/** Somebody beside a test call who has no part in it: what it is told of the call, for a probe that wants to know what it could do. */
import type { End } from "./order.ts";
import type { Agreed } from "./session.ts";

export interface CallGuest {
  /** How the sound of a phone was agreed on, before its first packet. @param speak from the phone's own place */
  agreed(end: End, agreed: Agreed, speak: (bytes: Uint8Array) => void): void;
  /** A packet that a phone was sent. */
  heard(end: End, bytes: Uint8Array): void;
}
