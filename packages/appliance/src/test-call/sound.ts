/** The sound of one phone: RTP of a known pitch out, and how much of what comes back is the pitch of the other side. */
import {
  createProtector,
  createUnprotector,
  maxExpansion,
  type Protector,
  rtpHeaderLength,
  rtpPaddingLength,
  rtpPayloadType,
  type Unprotector,
} from "@ringfence/node-srtp";
import type { Random } from "@ringfence/sip";
import type { Agreed } from "./session.ts";
import { packetSamples, tonePayload, toneShare } from "./tone.ts";

const header = 12;
/** Less of the pitch is another sound, or the same one in pieces. */
const enough = 0.5;

export class Sound {
  readonly to: Agreed["to"];
  readonly #format: Agreed["format"];
  readonly #payload: Uint8Array;
  readonly #hears: number;
  readonly #protector: Protector | undefined;
  readonly #unprotector: Unprotector | undefined;
  readonly #start: Buffer;
  sent = 0;
  heard = 0;
  /** Packets that were not what their keys say. */
  refused = 0;
  /** Packets with another sound, or silence. */
  others = 0;

  /** @param pitch hertz: what this phone says, and what it listens for */
  constructor({ to, format, srtp }: Agreed, pitch: { readonly says: number; readonly hears: number }, random: Random) {
    this.to = to;
    this.#format = format;
    this.#payload = tonePayload(format, pitch.says);
    this.#hears = pitch.hears;
    this.#protector = srtp && createProtector(srtp.suite, srtp.ours);
    this.#unprotector = srtp && createUnprotector(srtp.suite, srtp.theirs);
    // RFC 3550 §5.1: sequence, timestamp and SSRC begin anywhere.
    this.#start = Buffer.from(random(10));
  }

  /** The next 20 ms. */
  next(): Uint8Array {
    const packet = Buffer.alloc(header + packetSamples + maxExpansion);
    packet[0] = 0x80;
    packet[1] = this.#format | (this.sent === 0 ? 0x80 : 0);
    packet.writeUInt16BE((this.#start.readUInt16BE(0) + this.sent) & 0xffff, 2);
    packet.writeUInt32BE((this.#start.readUInt32BE(2) + this.sent * packetSamples) >>> 0, 4);
    packet.writeUInt32BE(this.#start.readUInt32BE(6), 8);
    packet.set(this.#payload, header);
    this.sent++;
    const length = this.#protector?.rtp(packet, header + packetSamples) ?? header + packetSamples;
    return packet.subarray(0, Math.max(0, length));
  }

  take(bytes: Uint8Array): void {
    const packet = Buffer.from(bytes);
    const length = this.#unprotector?.rtp(packet, packet.length) ?? packet.length;
    const from = length < 0 ? length : rtpHeaderLength(packet, length);
    const padding = from < 0 ? from : rtpPaddingLength(packet, from, length);
    if (padding < 0) this.refused++;
    else if (this.#isHeard(packet, from, length - padding)) this.heard++;
    else this.others++;
  }

  #isHeard(packet: Buffer, from: number, to: number): boolean {
    if (rtpPayloadType(packet) !== this.#format || to <= from) return false;
    return toneShare(this.#format, packet.subarray(from, to), this.#hears) > enough;
  }
}
