/** What the contract tests share: every suite on every back end that has it, and packets with all that an RTP header may carry. */
import type { BackEnd } from "./back-end.ts";
import type { SrtpOptions } from "./key-state.ts";
import { keyAndSaltLength, type SrtpSuite, suiteNames } from "./profile.ts";
import { createProtector, type Protector } from "./protect.ts";
import { createUnprotector, type Unprotector } from "./unprotect.ts";

export interface Subject {
  readonly name: string;
  readonly suite: SrtpSuite;
  readonly backEnd: BackEnd;
  protector(options?: SrtpOptions): Protector;
  unprotector(options?: SrtpOptions & { readonly lifetime?: number }): Unprotector;
}

export interface PacketShape {
  readonly sequence?: number;
  readonly ssrc?: number;
  readonly payload?: number;
  readonly csrcs?: number;
  readonly extensionWords?: number;
  readonly padding?: number;
}

/** Room for any tag behind the packet. */
const spare = 32;
const backEnds: readonly BackEnd[] = ["werift", "node-crypto", "native"];

/** Runs the claims once for each suite and back end; the native one where it could be built. */
export function runSrtpContract(claims: (subject: Subject) => void): void {
  for (const suite of suiteNames)
    for (const backEnd of backEnds) if (hasSuite(suite, backEnd)) claims(subjectOf(suite, backEnd));
}

export function rtpPacket(shape: PacketShape = {}): { readonly packet: Buffer; readonly length: number } {
  const { sequence = 1, ssrc = 0xcafebabe, payload = 40, csrcs = 0, extensionWords, padding = 0 } = shape;
  const extension = extensionWords === undefined ? 0 : 4 + extensionWords * 4;
  const header = 12 + csrcs * 4 + extension;
  const length = header + payload + padding;
  const packet = Buffer.alloc(length + spare);
  for (let at = 12; at < length; at++) packet[at] = (at * 7 + sequence) & 0xff;
  packet[0] = 0x80 | csrcs | (extensionWords === undefined ? 0 : 0x10) | (padding > 0 ? 0x20 : 0);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(ssrc, 8);
  if (extensionWords !== undefined) packet.writeUInt16BE(extensionWords, header - extension + 2);
  if (padding > 0) packet[length - 1] = padding;
  return { packet, length };
}

export function rtcpPacket(ssrc = 0xcafebabe, words = 6): { readonly packet: Buffer; readonly length: number } {
  const length = (words + 1) * 4;
  const packet = Buffer.alloc(length + spare, 0x5a);
  packet.writeUInt32BE(0x80c80000 + words, 0);
  packet.writeUInt32BE(ssrc, 4);
  return { packet, length };
}

/** The protected packet, exactly as long as it is, in a buffer of its own. */
export function sealed(protector: Protector, shape: PacketShape = {}): Buffer {
  const { packet, length } = rtpPacket(shape);
  return packet.subarray(0, mustBeLength(protector.rtp(packet, length)));
}

export function sealedRtcp(protector: Protector, ssrc?: number): Buffer {
  const { packet, length } = rtcpPacket(ssrc);
  return packet.subarray(0, mustBeLength(protector.rtcp(packet, length)));
}

/** The result for a copy, so that the packet can be sent again. */
export function receive(unprotector: Unprotector, packet: Buffer): number {
  return unprotector.rtp(Buffer.from(packet), packet.length);
}

export function receiveRtcp(unprotector: Unprotector, packet: Buffer): number {
  return unprotector.rtcp(Buffer.from(packet), packet.length);
}

export function flipped(packet: Buffer, octet: number, bit: number): Buffer {
  const copy = Buffer.from(packet);
  copy[octet] = (copy[octet] as number) ^ (1 << bit);
  return copy;
}

function mustBeLength(result: number): number {
  if (result < 0) throw new Error(`protect refused with ${result}`);
  return result;
}

function subjectOf(suite: SrtpSuite, backEnd: BackEnd): Subject {
  const key = Buffer.from(Array.from({ length: keyAndSaltLength(suite) }, (_, at) => at * 11 + 3));
  return {
    name: `${suite} on ${backEnd}`,
    suite,
    backEnd,
    protector: (options) => createProtector(suite, key, { ...options, backEnd }),
    unprotector: ({ lifetime, ...options } = {}) =>
      createUnprotector(suite, lifetime === undefined ? key : { keyAndSalt: key, lifetime }, { ...options, backEnd }),
  };
}

/** The native one only where it could be built; packages/native has the test that it is where it must be. */
export function hasSuite(suite: SrtpSuite, backEnd: BackEnd): boolean {
  try {
    createProtector(suite, Buffer.alloc(keyAndSaltLength(suite)), { backEnd });
    return true;
  } catch {
    return false;
  }
}
