/**
 * What a datagram on a media port is, from its octets alone (RFC 7983 §7 first octet, RFC 3550 §5.1 and §6.4 headers).
 * Hot path: numbers in, numbers out, nothing allocated. Benchmark: test/bench/relay.ts.
 */
import { drop } from "./drop-reason.ts";

/** Returned when the packet is what the port carries; otherwise the index of a drop reason. */
export const wellFormed = -1;

/** Media packets stay below the path MTU; more than this is no voice or video packet. Also the size of a send buffer less room for a tag. */
export const maxPacket = 1972;

const rtpFixedHeader = 12;
const rtcpFixedHeader = 8;

/** RFC 7983 §7: STUN 0-3, ZRTP 16-19, DTLS 20-63, TURN channel 64-79, RTP and RTCP 128-191. */
function byFirstOctet(first: number): number {
  if (first >= 128 && first <= 191) return wellFormed;
  if (first <= 3) return drop.stun;
  return first >= 20 && first <= 63 ? drop.dtls : drop["not-media"];
}

/** RFC 5761 §4: with RTCP on its own port, second octets 192-223 are RTCP packet types, never a marked RTP payload type. */
function isRtcpType(second: number): boolean {
  return second >= 192 && second <= 223;
}

/** RFC 5761 §4, on a port that carries both: which of the two to read it as. */
export function isMuxedRtcp(packet: Uint8Array, length: number): boolean {
  return length > 1 && byFirstOctet(packet[0] as number) === wellFormed && isRtcpType(packet[1] as number);
}

export function classifyRtp(packet: Uint8Array, length: number): number {
  if (length === 0) return drop["not-media"];
  const kind = byFirstOctet(packet[0] as number);
  if (kind !== wellFormed) return kind;
  if (length > maxPacket) return drop["too-large"];
  if (length < rtpFixedHeader) return drop["bad-rtp"];
  if (isRtcpType(packet[1] as number)) return drop["rtcp-on-rtp-port"];
  return rtpHeaderLength(packet, length) === 0 ? drop["bad-rtp"] : wellFormed;
}

export function classifyRtcp(packet: Uint8Array, length: number): number {
  if (length === 0) return drop["not-media"];
  const kind = byFirstOctet(packet[0] as number);
  if (kind !== wellFormed) return kind;
  if (length > maxPacket) return drop["too-large"];
  if (length < rtcpFixedHeader) return drop["bad-rtcp"];
  if (!isRtcpType(packet[1] as number)) return drop["rtp-on-rtcp-port"];
  return wellFormed;
}

/** Octets of the RTP header with its CSRC list and extension, 0 when they do not fit. RFC 3550 §5.1, §5.3.1. */
export function rtpHeaderLength(packet: Uint8Array, length: number): number {
  const first = packet[0] as number;
  let header = rtpFixedHeader + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (header + 4 > length) return 0;
    header += 4 + 4 * (((packet[header + 2] as number) << 8) | (packet[header + 3] as number));
  }
  return header <= length ? header : 0;
}

/** Of a packet in clear: SRTP encrypts the padding count, so this comes after decryption. RFC 3550 §5.1, P bit. */
export function rtpPaddingFits(packet: Uint8Array, length: number): boolean {
  if (((packet[0] as number) & 0x20) === 0) return true;
  const padding = packet[length - 1] as number;
  return padding > 0 && padding <= length - rtpHeaderLength(packet, length);
}

/** Of a compound packet in clear: version 2 and an RTCP type in every part, and the lengths add up. RFC 3550 §A.2. */
export function rtcpCompoundFits(packet: Uint8Array, length: number): boolean {
  let at = 0;
  while (at < length) {
    if (at + 4 > length) return false;
    if (((packet[at] as number) & 0xc0) !== 0x80 || !isRtcpType(packet[at + 1] as number)) return false;
    at += 4 + 4 * (((packet[at + 2] as number) << 8) | (packet[at + 3] as number));
  }
  return at === length;
}

/** SSRC of an RTP packet (offset 8) or of the sender of an RTCP packet (offset 4). */
export function ssrcAt(packet: Uint8Array, offset: 4 | 8): number {
  return (
    (((packet[offset] as number) << 24) |
      ((packet[offset + 1] as number) << 16) |
      ((packet[offset + 2] as number) << 8) |
      (packet[offset + 3] as number)) >>>
    0
  );
}
