/** ITU-T G.711: sixteen-bit samples as one octet each. Payload types 0 (µ-law) and 8 (A-law) of RFC 3551 table 4. */
export type G711 = 0 | 8;

/** Every telephone knows both. */
export const g711: readonly G711[] = [0, 8];

const loudest = 32_635;
/** µ-law adds 33 to a magnitude of 14 bits; four times that in one of 16. */
const bias = 0x84;
/** A-law: every second bit is inverted on the wire. */
const evenBits = 0x55;

export function encode(format: G711, sample: number): number {
  const magnitude = Math.min(loudest, Math.abs(Math.round(sample)));
  return format === 0 ? toMulaw(sample < 0, magnitude + bias) : toAlaw(sample < 0, magnitude);
}

export function decode(format: G711, octet: number): number {
  return format === 0 ? fromMulaw(octet) : fromAlaw(octet);
}

function toMulaw(isNegative: boolean, biased: number): number {
  const segment = 24 - Math.clz32(biased);
  const code = (segment << 4) | ((biased >> (segment + 3)) & 0x0f);
  return ~(isNegative ? 0x80 | code : code) & 0xff;
}

function fromMulaw(octet: number): number {
  const code = ~octet & 0xff;
  const magnitude = ((((code & 0x0f) << 3) + bias) << ((code & 0x70) >> 4)) - bias;
  return code & 0x80 ? -magnitude : magnitude;
}

function toAlaw(isNegative: boolean, magnitude: number): number {
  const segment = magnitude < 0x100 ? 0 : 24 - Math.clz32(magnitude);
  const mantissa = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 0x0f;
  return ((isNegative ? 0 : 0x80) | (segment << 4) | mantissa) ^ evenBits;
}

function fromAlaw(octet: number): number {
  const code = octet ^ evenBits;
  const segment = (code & 0x70) >> 4;
  const low = ((code & 0x0f) << 4) + 8;
  const magnitude = segment === 0 ? low : (low + 0x100) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
}
