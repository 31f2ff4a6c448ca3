/**
 * RTCP source descriptions (RFC 3550 §6.5) carry who somebody is and where: `user@10.0.0.5`. They cross as letters of
 * the same length. One text always becomes the same letters within one process, so that a receiver still sees which
 * streams belong together by their CNAME, and learns nothing else.
 *
 * HOT PATH: in place, nothing allocated. Call it with a compound packet in clear that `rtcpCompoundFits`.
 */
const SDES = 202;
/** Item types of §6.5; 0 ends a chunk. PRIV (8) has a prefix of its own and is masked whole. */
const END = 0;

const [processSeed = 0] = crypto.getRandomValues(new Uint32Array(1));

export function maskSourceDescriptions(packet: Uint8Array, length: number, seed: number = processSeed): void {
  let at = 0;
  while (at + 4 <= length) {
    const end = at + 4 + 4 * (((packet[at + 2] as number) << 8) | (packet[at + 3] as number));
    if (packet[at + 1] === SDES) maskChunks(packet, at + 4, Math.min(end, length), (packet[at] as number) & 0x1f, seed);
    at = end;
  }
}

/** Each chunk: an SSRC, items of type, length and text, an end octet, and zeros up to the next 32-bit word. */
function maskChunks(packet: Uint8Array, start: number, end: number, chunks: number, seed: number): void {
  let at = start;
  for (let chunk = 0; chunk < chunks && at + 4 < end; chunk++) {
    at += 4;
    while (at + 2 <= end && packet[at] !== END) {
      const size = Math.min(packet[at + 1] as number, end - at - 2);
      maskText(packet, at + 2, size, seed);
      at += 2 + size;
    }
    // The padding is counted from the start of the packet part, which is itself on a word.
    at += 4 - ((at - start) % 4);
  }
}

/** FNV-1a over the text gives the state of a small generator (xorshift) that writes the letters. */
function maskText(packet: Uint8Array, at: number, size: number, seed: number): void {
  let state = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < size; i++) state = Math.imul(state ^ (packet[at + i] as number), 0x01000193) >>> 0;
  state |= 1;
  for (let i = 0; i < size; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    packet[at + i] = 0x61 + ((state >>> 8) % 26);
  }
}
