/** The sound that the phones know each other by: a pitch that no exchange plays, and how much of a packet is it. */
import { decode, encode, type G711 } from "./g711.ts";

const sampleRate = 8_000;
/** Samples of 20 ms. */
export const packetSamples = 160;
const amplitude = 8_000;

/** Hertz, multiples of 50: each packet holds whole waves, so all are alike. Dial, busy and ringing tones are below 700. */
export const pitches = { caller: 1_250, callee: 1_850 } as const;

export function tonePayload(format: G711, hertz: number): Uint8Array {
  return Uint8Array.from({ length: packetSamples }, (_, at) =>
    encode(format, amplitude * Math.sin((2 * Math.PI * hertz * at) / sampleRate)),
  );
}

/** The part of the power at this pitch (Goertzel's filter): 1 is nothing else, 0 is another sound or none. */
export function toneShare(format: G711, payload: Uint8Array, hertz: number): number {
  const turn = 2 * Math.cos((2 * Math.PI * hertz) / sampleRate);
  let [last, before, power] = [0, 0, 0];
  for (const octet of payload) {
    const sample = decode(format, octet);
    [last, before] = [sample + turn * last - before, last];
    power += sample * sample;
  }
  if (power === 0) return 0;
  return (2 * (last * last + before * before - turn * last * before)) / payload.length / power;
}
