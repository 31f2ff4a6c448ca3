/**
 * Commands as octets for packages/media/native/commands.cc: what JavaScript writes costs less than objects that native code would have to
 * take apart. Numbers are in network order, an address is its text with the length before it, no address an empty text.
 */
import type { SrtpSuite } from "@ringfence/node-srtp";
import type {
  Component,
  Endpoint,
  EngineCommand,
  Keying,
  KeyPresses,
  LatchRules,
  PairConfig,
  PairId,
  SrtpKey,
} from "./engine.ts";
import type { PayloadFormat } from "./stream-report.ts";

const commandKind = { open: 1, join: 2, configure: 3, select: 4, send: 5, close: 6, halt: 7, press: 8 } as const;

/** Bits of a configuration. */
const flag = { send: 1, awaitsKeys: 2, mux: 4, opaque: 8, stun: 16, dtls: 32, sendAtOnce: 64, signalled: 128 } as const;

/** The numbers of suites, in the order of packages/node-srtp/native/srtp.h. 0: no key. */
const suiteNumber: Readonly<Record<SrtpSuite, number>> = {
  AES_CM_128_HMAC_SHA1_80: 1,
  AES_CM_128_HMAC_SHA1_32: 2,
  AES_192_CM_HMAC_SHA1_80: 3,
  AES_192_CM_HMAC_SHA1_32: 4,
  AES_256_CM_HMAC_SHA1_80: 5,
  AES_256_CM_HMAC_SHA1_32: 6,
  AEAD_AES_128_GCM: 7,
  AEAD_AES_256_GCM: 8,
};

const roleNumber: Readonly<Record<PayloadFormat["role"], number>> = { media: 0, pcmu: 1, pcma: 2, events: 3, noise: 4 };

/** There are no more payload types. */
const mostFormats = 128;

/** The largest command is a datagram of 1,500 octets; a configuration takes less than 1,400. */
const mostOfOne = 2_048;

/** Addresses of one list; see kMaxLearnFrom in latch.h. */
const mostLearnFrom = 4;

/** Commands on their way to one thread. */
export class CommandBatch {
  octets = Buffer.allocUnsafeSlow(4 * mostOfOne);
  length = 0;

  add(command: EngineCommand): void {
    this.#makeRoom();
    this.#u8(commandKind[command.kind]);
    switch (command.kind) {
      case "open":
        this.#open(command);
        break;
      case "join":
        this.#pair(command.left);
        this.#pair(command.right);
        break;
      case "configure":
        this.#pair(command.pair);
        this.#config(command.config);
        break;
      case "select":
        this.#socket(command.pair, command.component, command.source);
        break;
      case "send":
        this.#socket(command.pair, command.component, command.to);
        this.#packet(command.packet);
        break;
      case "press":
        this.#pair(command.pair);
        this.#u8(command.event);
        this.#u32(Math.round(command.durationMs));
        break;
      case "close":
        this.#pair(command.pair);
    }
  }

  /** The thread ends as if it had failed. For tests. */
  addHalt(): void {
    this.#makeRoom();
    this.#u8(commandKind.halt);
  }

  #makeRoom(): void {
    if (this.octets.length - this.length >= mostOfOne) return;
    const larger = Buffer.allocUnsafeSlow(2 * this.octets.length);
    this.octets.copy(larger, 0, 0, this.length);
    this.octets = larger;
  }

  #open(command: Extract<EngineCommand, { kind: "open" }>): void {
    this.#pair(command.pair);
    this.#u8(command.bundledOn === undefined ? 0 : 1);
    this.#pair(command.bundledOn ?? 0);
    this.#endpoint(command);
  }

  #config(config: PairConfig): void {
    const { latch, control, rtcpKeys } = config;
    let flags = config.send ? flag.send : 0;
    if (config.awaitsKeys) flags |= flag.awaitsKeys;
    if (config.mux) flags |= flag.mux;
    if (config.payload === "opaque") flags |= flag.opaque;
    if (control.stun) flags |= flag.stun;
    if (control.dtls) flags |= flag.dtls;
    if (latch.sendAtOnce) flags |= flag.sendAtOnce;
    if (latch.signalled !== undefined) flags |= flag.signalled;
    this.#u8(flags);
    this.#latch(latch);
    this.#keying(config);
    const owned = rtcpKeys === undefined ? 0 : rtcpKeys.awaitsKeys ? 12 : 4;
    this.#u8((config.rtcp.feedback ? 1 : 0) | (config.rtcp.reducedSize ? 2 : 0) | owned);
    if (rtcpKeys !== undefined) this.#keying(rtcpKeys);
    this.#formats(config.formats);
    this.#keyPresses(config.keyPresses);
  }

  #latch({ windowMs, packets, payloadTypes, signalled, learnFrom }: LatchRules): void {
    this.#u32(windowMs);
    this.#u16(packets);
    const words = [0, 0, 0, 0];
    for (const type of payloadTypes) {
      const word = (type & 0x7f) >>> 5;
      words[word] = ((words[word] ?? 0) | (1 << (type & 0x1f))) >>> 0;
    }
    for (const word of words) this.#u32(word);
    if (signalled !== undefined) {
      this.#endpoint(signalled.rtp);
      this.#endpoint(signalled.rtcp);
    }
    const count = Math.min(learnFrom.length, mostLearnFrom);
    this.#u8(count);
    for (let place = 0; place < count; place++) this.#text(learnFrom[place] ?? "");
  }

  #formats(formats: readonly PayloadFormat[]): void {
    const count = Math.min(formats.length, mostFormats);
    this.#u8(count);
    for (let place = 0; place < count; place++) {
      const { type, role, clockRate } = formats[place] as PayloadFormat;
      this.#u8(type);
      this.#u8(roleNumber[role]);
      this.#u32(clockRate);
    }
  }

  #keyPresses(presses: KeyPresses | undefined): void {
    this.#u8(presses === undefined ? 0 : presses.collect ? 3 : 1);
    if (presses === undefined) return;
    this.#u8(presses.type);
    this.#u32(presses.clockRate);
  }

  #socket(pair: PairId, component: Component, endpoint: Endpoint | undefined): void {
    this.#pair(pair);
    this.#u8(component === "rtp" ? 0 : 1);
    this.#text(endpoint?.address ?? "");
    this.#u16(endpoint?.port ?? 0);
  }

  #keying({ inbound, outbound }: Keying): void {
    this.#key(inbound);
    this.#key(outbound);
  }

  #key(key: SrtpKey | undefined): void {
    this.#u8(key === undefined ? 0 : suiteNumber[key.suite]);
    if (key === undefined) return;
    this.#u8(key.key.length);
    this.octets.set(key.key, this.length);
    this.length += key.key.length;
    this.#u8(key.mki?.length ?? 0);
    if (key.mki === undefined) return;
    this.octets.set(key.mki, this.length);
    this.length += key.mki.length;
  }

  #packet(packet: Uint8Array): void {
    // Longer than the port allows: cut off, and so refused by whoever reads it, rather than written over what follows.
    const size = Math.min(packet.length, 1_500);
    this.#u16(size);
    this.octets.set(packet.subarray(0, size), this.length);
    this.length += size;
  }

  #endpoint({ address, port }: Endpoint): void {
    this.#text(address);
    this.#u16(port);
  }

  #text(text: string): void {
    const size = this.octets.write(text, this.length + 1, 64, "latin1");
    this.octets[this.length] = size;
    this.length += 1 + size;
  }

  #pair(pair: PairId): void {
    this.#u32(Math.floor(pair / 0x1_0000_0000));
    this.#u32(pair % 0x1_0000_0000);
  }

  #u8(number: number): void {
    this.octets[this.length++] = number;
  }

  #u16(number: number): void {
    this.length = this.octets.writeUInt16BE(number, this.length);
  }

  #u32(number: number): void {
    this.length = this.octets.writeUInt32BE(number, this.length);
  }
}
