/**
 * The seam between what this package decides (index, replay, lifetime, SSRCs) and what a back end computes. One object per
 * master key; it keeps nothing between packets, so a native back end needs no knowledge of SSRCs.
 *
 * All work is in place. `open…` leaves the packet untouched unless it authenticated.
 */
export interface PacketCipher {
  /** `roc` is 0 to 2^32-1. Encrypts from `headerLength` to `length` and appends the tag. Returns the new length. */
  sealRtp(packet: Buffer, headerLength: number, length: number, roc: number): number;
  /** Returns the length without the tag, or `srtpResult.authentication`. */
  openRtp(packet: Buffer, headerLength: number, length: number, roc: number): number;
  /** `index` is 0 to 2^31-1. Encrypts from octet 8 and appends tag, E flag and index. Returns the new length. */
  sealRtcp(packet: Buffer, length: number, index: number): number;
  /** `word` is the E flag and index as they stand in the packet. Returns the plain length, or `srtpResult.authentication`. */
  openRtcp(packet: Buffer, length: number, word: number): number;
}

/** Octets that hold the E flag and the SRTCP index (RFC 3711 §3.4). */
export const srtcpIndexLength = 4;
/** The fixed part of an RTCP packet, never encrypted: first word and sender SSRC. */
export const rtcpHeaderLength = 8;
