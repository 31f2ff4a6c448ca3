/** A public key of age (X25519): Bech32 (BIP 173) with the prefix `age`. Its checksum finds what was mistyped, before a file is encrypted to nobody. */
import { type LeafReading, quoted, written } from "./leaf.ts";

const letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const generators: readonly number[] = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** `age1`, 52 letters for 32 octets, six of checksum. */
const wholeLength = 62;
/** The prefix `age` as it goes into the checksum: the upper bits of each letter, a zero, the lower ones. */
const prefix: readonly number[] = [..."age"]
  .flatMap((c) => c.charCodeAt(0) >> 5)
  .concat([0], ...[..."age"].map((c) => c.charCodeAt(0) & 31));

export function isAgeRecipient(text: string): boolean {
  if (text.length !== wholeLength || !text.startsWith("age1")) return false;
  const values = [...text.slice("age1".length)].map((letter) => letters.indexOf(letter));
  return !values.includes(-1) && checksumOf([...prefix, ...values]) === 1;
}

function checksumOf(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (const [bit, generator] of generators.entries()) if (((top >> bit) & 1) === 1) sum ^= generator;
  }
  return sum;
}

export function ageRecipient() {
  const note = { kind: "age public key", examples: ["age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"] };
  return written(note, (text): LeafReading<string> => {
    if (isAgeRecipient(text)) return { value: text };
    return {
      problem: `is ${quoted(text)}, which is no public key of age`,
      remedy: "write what age-keygen says after `Public key:`, 62 characters that begin with age1",
    };
  });
}
