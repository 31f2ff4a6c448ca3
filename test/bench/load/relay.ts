/** What a packet relay is asked to do, and where it then listens. */
import type { Place } from "./phones.ts";

export interface RelayOrder {
  readonly streams: number;
  readonly phone: Place;
  readonly pbx: Place;
  /** SRTP on the phone's leg, plain RTP on the other. The phone's key; the relay's own is its matter. */
  readonly key: Uint8Array | undefined;
}

/** The relay's ports of each stream. */
export interface Ports {
  readonly phone: number;
  readonly pbx: number;
}
