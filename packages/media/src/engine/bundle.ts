/** RFC 9143 §9.2 for one socket that carries several m= lines: whose a packet is, by its payload type, and by SSRC for RTCP. */
import type { Lane } from "./lane.ts";

/** A browser sends three a video line. More are the socket's own line's, which does no harm. */
const maxSources = 64;

export class Bundle<Owner = Lane> {
  readonly #byType: (Owner | undefined)[] = new Array(128).fill(undefined);
  readonly #bySource = new Map<number, Owner>();

  add(owner: Owner, payloadTypes: readonly number[]): void {
    this.remove(owner);
    for (const type of payloadTypes) this.#byType[type & 0x7f] = owner;
  }

  remove(owner: Owner): void {
    for (const [type, other] of this.#byType.entries()) if (other === owner) this.#byType[type] = undefined;
    for (const [source, other] of this.#bySource) if (other === owner) this.#bySource.delete(source);
  }

  /** Of an RTP packet that was authenticated. undefined: the socket's own line. */
  ofMedia(payloadType: number, ssrc: number): Owner | undefined {
    const owner = this.#byType[payloadType & 0x7f];
    if (owner !== undefined && this.#bySource.get(ssrc) !== owner && this.#bySource.size < maxSources)
      this.#bySource.set(ssrc, owner);
    return owner;
  }

  ofReport(ssrc: number): Owner | undefined {
    return this.#bySource.get(ssrc);
  }
}
