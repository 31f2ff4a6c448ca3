/**
 * The 48-bit packet index, RFC 3711 §3.3.1 and appendix A: index = 2^16 * ROC + SEQ, where ROC is not in the packet and has to be
 * estimated from the highest index that authenticated. Right for any loss or reordering of less than 2^15 packets.
 *
 * A number holds 53 bits exactly, so an index is a plain number.
 */
const span = 0x1_0000;
const half = 0x8000;

/** The last index a master key may be used with: ROC must never come round to 0 again (RFC 3711 §3.3.1). */
export const lastRtpIndex: number = 2 ** 48 - 1;

/**
 * The index that `sequence` most likely has, given the highest one so far. Negative for a packet from before the first
 * rollover of a stream whose first packet came after it; the RFC's "modulo 2^32" would make it the far future.
 */
export function estimateIndex(highest: number, sequence: number): number {
  const highestSequence = highest % span;
  const current = highest - highestSequence;
  if (highestSequence < half) {
    return sequence - highestSequence > half ? current - span + sequence : current + sequence;
  }
  return highestSequence - half > sequence ? current + span + sequence : current + sequence;
}

export function rolloverCounter(index: number): number {
  return Math.floor(index / span);
}
