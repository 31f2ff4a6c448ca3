/**
 * Hot path: numbers out of an RTP header (RFC 3550 §5.1) without an object and without an exception.
 * `rtpHeaderLength` comes first; the field readers may be used once it has answered with a length.
 */
import { srtpResult } from "./failure.ts";

const fixedHeader = 12;
/** Longer is no datagram. */
export const maxDatagram = 65_535;
const extensionHeader = 4;

/** Octets up to the payload: fixed header, CSRC list, extension. A negative `srtpResult` when they do not fit in `length`. */
export function rtpHeaderLength(packet: Buffer, length: number): number {
  if (length < fixedHeader || length > packet.length) return srtpResult.short;
  if (length > maxDatagram) return srtpResult.malformed;
  const first = packet[0] as number;
  if (first >> 6 !== 2) return srtpResult.malformed;
  const fixed = fixedHeader + (first & 0x0f) * 4;
  if ((first & 0x10) === 0) return fixed <= length ? fixed : srtpResult.malformed;
  if (fixed + extensionHeader > length) return srtpResult.malformed;
  const words = ((packet[fixed + 2] as number) << 8) | (packet[fixed + 3] as number);
  const end = fixed + extensionHeader + words * 4;
  return end <= length ? end : srtpResult.malformed;
}

export function rtpPayloadType(packet: Buffer): number {
  return (packet[1] as number) & 0x7f;
}

export function rtpSequence(packet: Buffer): number {
  return ((packet[2] as number) << 8) | (packet[3] as number);
}

export function rtpTimestamp(packet: Buffer): number {
  return readWord(packet, 4);
}

export function rtpSsrc(packet: Buffer): number {
  return readWord(packet, 8);
}

/** Octets of padding at the end of a plain packet, 0 without the P bit; `malformed` when the count does not fit the payload. */
export function rtpPaddingLength(packet: Buffer, headerLength: number, length: number): number {
  if (((packet[0] as number) & 0x20) === 0) return 0;
  if (length <= headerLength) return srtpResult.malformed;
  const padding = packet[length - 1] as number;
  return padding > 0 && padding <= length - headerLength ? padding : srtpResult.malformed;
}

/** An unsigned 32-bit word in network order; the caller has checked that it lies inside the packet. */
export function readWord(packet: Buffer, at: number): number {
  const high = ((packet[at] as number) << 8) | (packet[at + 1] as number);
  return high * 0x1_0000 + (((packet[at + 2] as number) << 8) | (packet[at + 3] as number));
}

export function writeWord(packet: Buffer, at: number, word: number): void {
  packet[at] = word >>> 24;
  packet[at + 1] = word >>> 16;
  packet[at + 2] = word >>> 8;
  packet[at + 3] = word;
}
