/** Whether a G.711 payload holds silence (ITU-T G.711): the mean of its magnitudes against a threshold. Hot path. */

/** Mean magnitude of 16-bit samples: about -60 dB below full scale, under what a quiet room gives a microphone. */
const quietBelow = 33;

const muLaw = Float64Array.from({ length: 256 }, (_, code) => {
  const bits = ~code & 0x7f;
  return ((((bits & 0x0f) << 3) + 0x84) << (bits >> 4)) - 0x84;
});

const aLaw = Float64Array.from({ length: 256 }, (_, code) => {
  const bits = (code ^ 0x55) & 0x7f;
  const exponent = bits >> 4;
  const mantissa = ((bits & 0x0f) << 4) + 8;
  return exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
});

export function isQuiet(packet: Uint8Array, from: number, to: number, isALaw: boolean): boolean {
  const magnitude = isALaw ? aLaw : muLaw;
  let sum = 0;
  for (let at = from; at < to; at++) sum += magnitude[packet[at] as number] as number;
  return sum < quietBelow * (to - from);
}
