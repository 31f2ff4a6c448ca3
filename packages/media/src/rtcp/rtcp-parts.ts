/** The parts of a compound RTCP packet: names of their types, and how to walk them. Hot path. */

/** RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2. What is not here never crosses. */
export const rtcpType = {
  senderReport: 200,
  receiverReport: 201,
  sourceDescription: 202,
  goodbye: 203,
  transportFeedback: 205,
  payloadFeedback: 206,
  extendedReport: 207,
} as const;

/** Where the part that begins at `at` ends, by its own length field. */
export function partEnd(packet: Uint8Array, at: number): number {
  return at + 4 + 4 * half(packet, at + 2);
}

/** Octets of a block of an extended report (RFC 3611 §3): a head like that of a part. */
export function blockLength(packet: Uint8Array, at: number): number {
  return 4 + 4 * half(packet, at + 2);
}

export function half(packet: Uint8Array, at: number): number {
  return ((packet[at] as number) << 8) | (packet[at + 1] as number);
}

export function word(packet: Uint8Array, at: number): number {
  return ((half(packet, at) << 16) | half(packet, at + 2)) >>> 0;
}
