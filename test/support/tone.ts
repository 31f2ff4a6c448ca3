/** Tones, and how much of a recording is one: audio is proved by what is heard, not by counting packets. */
import { readFileSync, writeFileSync } from "node:fs";

/** Telephony: 8 kHz, one channel, 16 bit. */
const sampleRate = 8_000;
const wavHeader = 44;

export interface Recording {
  readonly rate: number;
  readonly samples: Int16Array;
}

export function writeToneWav(path: string, hertz: number, seconds: number): void {
  const count = sampleRate * seconds;
  const file = Buffer.alloc(wavHeader + count * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(sampleRate, 24);
  file.writeUInt32LE(sampleRate * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36);
  file.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; i++) {
    file.writeInt16LE(Math.round(8_000 * Math.sin((2 * Math.PI * hertz * i) / sampleRate)), wavHeader + i * 2);
  }
  writeFileSync(path, file);
}

/** PCM, 16 bit. Reads a file that is still being written, whose length fields are not filled in yet. */
export function readWav(path: string): Recording {
  const file = readFileSync(path);
  const data = file.indexOf("data", 12, "latin1") + 8;
  const count = data < 8 ? 0 : (file.length - data) >> 1;
  const samples = Int16Array.from({ length: count }, (_, i) => file.readInt16LE(data + 2 * i));
  return { rate: file.length < 28 ? sampleRate : file.readUInt32LE(24), samples };
}

/** The part of the power that is at this frequency (Goertzel filter): 1 is a pure tone, 0 is anything else or silence. */
export function toneShare({ rate, samples }: Recording, hertz: number): number {
  const k = 2 * Math.cos((2 * Math.PI * hertz) / rate);
  let [a, b, power] = [0, 0, 0];
  for (const value of samples) {
    [a, b] = [value + k * a - b, a];
    power += value * value;
  }
  return power === 0 ? 0 : (2 * (a * a + b * b - k * a * b)) / samples.length / power;
}

/** One after the other, without the rest that fills no whole slice. */
export function slices({ rate, samples }: Recording, seconds: number): readonly Recording[] {
  const size = Math.round(rate * seconds);
  return Array.from({ length: Math.floor(samples.length / size) }, (_, i) => ({
    rate,
    samples: samples.subarray(i * size, (i + 1) * size),
  }));
}

/** ITU-T G.711 µ-law octets as samples. */
export function fromMulaw(octets: Uint8Array): Recording {
  const samples = Int16Array.from(octets, (octet) => {
    const code = ~octet & 0xff;
    const magnitude = (((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4);
    return code & 0x80 ? 0x84 - magnitude : magnitude - 0x84;
  });
  return { rate: sampleRate, samples };
}
