/** Hot path: numbers out of the first header of a compound RTCP packet (RFC 3550 §6.1) and out of an SRTCP trailer. */
import { srtpResult } from "./failure.ts";
import { behindMki } from "./mki.ts";
import { rtcpHeaderLength, srtcpIndexLength } from "./packet-cipher.ts";
import type { SuiteProfile } from "./profile.ts";
import { maxDatagram, readWord } from "./rtp-view.ts";

/**
 * 0, or a negative `srtpResult` when `length` octets cannot be RTCP plus `trailer` octets of protection.
 * Only the first header is looked at: in SRTCP the rest of the compound is not readable before authentication.
 */
export function rtcpShape(packet: Buffer, length: number, trailer: number): number {
  if (length < rtcpHeaderLength + trailer || length > packet.length) return srtpResult.short;
  if (length > maxDatagram || (packet[0] as number) >> 6 !== 2) return srtpResult.malformed;
  // RFC 5761 §4: RTCP packet types are 192 to 223; anything else on a multiplexed port is RTP.
  const type = packet[1] as number;
  return type >= 192 && type <= 223 ? 0 : srtpResult.malformed;
}

export function rtcpType(packet: Buffer): number {
  return packet[1] as number;
}

export function rtcpSsrc(packet: Buffer): number {
  return readWord(packet, 4);
}

/** E flag and SRTCP index: before the MKI, which is before the tag (RFC 3711 §3.4) or, in GCM, behind it (RFC 7714 §9.2). */
export function srtcpWord(packet: Buffer, length: number, profile: SuiteProfile, mkiLength = 0): number {
  return readWord(packet, length - behindMki(profile, profile.rtcpTagLength) - mkiLength - srtcpIndexLength);
}

/** The index without the E flag. */
export function srtcpIndex(word: number): number {
  return word % 0x8000_0000;
}
