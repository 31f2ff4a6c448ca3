/** The packets of a guest in a call, each kind with a pitch of its own, and which of them a packet that a phone was sent holds. */

import type { GuestKind } from "@ringfence/grade";
import {
  createProtector,
  createUnprotector,
  maxExpansion,
  type Protector,
  rtpHeaderLength,
  type Unprotector,
} from "@ringfence/node-srtp";
import type { Random } from "@ringfence/sip";
import type { Agreed } from "../test-call/session.ts";
import { packetSamples, tonePayload, toneShare } from "../test-call/tone.ts";

const header = 12;
/** Less of the pitch is another sound. */
const enough = 0.5;
/** Hertz, multiples of 50: none that a phone of a test call says. */
const pitches: Readonly<Record<GuestKind, number>> = { early: 750, late: 2_250, clear: 2_750, forged: 3_250 };

export class GuestVoice {
  readonly #agreed: Agreed;
  readonly #protector: Protector | undefined;
  readonly #unprotector: Unprotector | undefined;
  readonly #start: Buffer;
  #sent = 0;

  constructor(agreed: Agreed, random: Random) {
    this.#agreed = agreed;
    const { srtp } = agreed;
    // The guest has keys only to make what is wrong in one bit.
    this.#protector = srtp && createProtector(srtp.suite, srtp.ours);
    this.#unprotector = srtp && createUnprotector(srtp.suite, srtp.theirs);
    this.#start = Buffer.from(random(10));
  }

  get isEncrypted(): boolean {
    return this.#agreed.srtp !== undefined;
  }

  /** The next 20 ms of this kind. */
  say(kind: GuestKind): Uint8Array {
    const packet = Buffer.alloc(header + packetSamples + maxExpansion);
    packet[0] = 0x80;
    packet[1] = this.#agreed.format;
    packet.writeUInt16BE((this.#start.readUInt16BE(0) + this.#sent) & 0xffff, 2);
    packet.writeUInt32BE((this.#start.readUInt32BE(2) + this.#sent * packetSamples) >>> 0, 4);
    packet.writeUInt32BE(this.#start.readUInt32BE(6), 8);
    packet.set(tonePayload(this.#agreed.format, pitches[kind]), header);
    this.#sent++;
    if (kind !== "forged") return packet.subarray(0, header + packetSamples);
    const length = this.#protector?.rtp(packet, header + packetSamples) ?? 0;
    const whole = packet.subarray(0, Math.max(0, length));
    const last = whole.length - 1;
    // The tag stands at the end of every suite.
    whole[last] = (whole[last] ?? 0) ^ 1;
    return whole;
  }

  /** Undefined: a sound of somebody else, or none. */
  kindOf(bytes: Uint8Array): GuestKind | undefined {
    const packet = Buffer.from(bytes);
    const length = this.#unprotector?.rtp(packet, packet.length) ?? packet.length;
    const from = length < 0 ? length : rtpHeaderLength(packet, length);
    if (from < 0 || length <= from) return undefined;
    const payload = packet.subarray(from, length);
    return guestKindNames.find((kind) => toneShare(this.#agreed.format, payload, pitches[kind]) > enough);
  }
}

const guestKindNames = Object.keys(pitches) as GuestKind[];
