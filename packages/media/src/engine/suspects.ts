/** Packets that are not the peer's: counted for one line of the log a minute. */
import { drop } from "./drop-reason.ts";

export const suspicions = [
  /** Of an address that is not the peer's. */
  "foreign-source",
  /** Of one that may be the peer's, and the tag does not fit: forged, or under another key. */
  "unauthentic",
] as const;

export type Suspicion = (typeof suspicions)[number];

/** Of one kind, at one socket, since the last report. */
export class Suspects {
  packets = 0;
  /** Of the most recent. */
  address = "";
  port = 0;

  readonly #reason: number;

  /** @param reason why they are dropped */
  constructor(reason: number) {
    this.#reason = reason;
  }

  /** Returns why this one is. */
  note(address: string, port: number): number {
    this.packets++;
    this.address = address;
    this.port = port;
    return this.#reason;
  }
}

export function noSuspects(): Readonly<Record<Suspicion, Suspects>> {
  return {
    "foreign-source": new Suspects(drop["foreign-source"]),
    unauthentic: new Suspects(drop["srtp-authentication"]),
  };
}
