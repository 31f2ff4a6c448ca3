/** G.711: 16-bit linear samples to one octet each, written from ITU-T G.711 tables 1 and 2. */

const bias = 0x84;
const clip = 32_635;

const topBit = (value: number): number => 31 - Math.clz32(value);

export function encodeMuLaw(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), clip) + bias;
  const exponent = topBit(magnitude) - 7;
  const mantissa = (magnitude >> (exponent + 3)) & 0x0f;
  return ~(sign | (exponent << 4) | mantissa) & 0xff;
}

export function encodeALaw(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = Math.min(sample >= 0 ? sample : -sample - 1, 32_767);
  const exponent = Math.max(0, topBit(magnitude | 0xff) - 7);
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f;
  return (sign | (exponent << 4) | mantissa) ^ 0x55;
}

export type G711 = "PCMU" | "PCMA";

const rate = 8000;
const frameSamples = 160;
const frequency = 440;
/** 440 Hz fits 44 whole periods into five frames of 20 ms, so five frames repeat without a click. */
const framesInLoop = 5;

function toneFrames(encode: (sample: number) => number): Buffer[] {
  return Array.from({ length: framesInLoop }, (_, frame) =>
    Buffer.from(
      Array.from({ length: frameSamples }, (_unused, i) => {
        const angle = (2 * Math.PI * frequency * (frame * frameSamples + i)) / rate;
        return encode(Math.round(10_000 * Math.sin(angle)));
      }),
    ),
  );
}

/** 20 ms frames of a 440 Hz tone, to be sent round and round. */
export const tone: Readonly<Record<G711, readonly Buffer[]>> = {
  PCMU: toneFrames(encodeMuLaw),
  PCMA: toneFrames(encodeALaw),
};
