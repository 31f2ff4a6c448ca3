/**
 * Session keys from a master key, RFC 3711 §4.3 with a key derivation rate of 0 (SDES offers no other that anyone uses), RFC 6188 §3 for
 * longer keys, RFC 7714 §11 for GCM.
 */
import { createCipheriv, createSecretKey, type KeyObject } from "node:crypto";
import { type SrtpSuite, suites } from "./profile.ts";

/** Keys of one direction of SRTP or SRTCP. `auth` is empty for GCM, which authenticates with the cipher itself. */
export interface SessionKeys {
  readonly cipher: Buffer;
  readonly salt: Buffer;
  readonly auth: Buffer;
}

export interface KeyMaterial {
  readonly rtp: SessionKeys;
  readonly rtcp: SessionKeys;
}

const authKeyLength = 20;
const blockLength = 16;

/**
 * @param keyAndSalt master key, then master salt, as in `inline:` (RFC 4568 §6.1)
 * @throws RangeError when the length is not the suite's: compare with `keyAndSaltLength` before
 */
export function deriveKeys(suite: SrtpSuite, keyAndSalt: Uint8Array): KeyMaterial {
  const { keyLength, saltLength, mode } = suites[suite];
  if (keyAndSalt.length !== keyLength + saltLength) {
    throw new RangeError(`${suite} takes ${keyLength + saltLength} octets of key and salt, not ${keyAndSalt.length}`);
  }
  // As a KeyObject: on Node 24 a key as octets costs some 25 µs each of the six times it is used.
  const key = createSecretKey(keyAndSalt.subarray(0, keyLength));
  const salt = keyAndSalt.subarray(keyLength);
  const auth = mode === "gcm" ? 0 : authKeyLength;
  return {
    rtp: sessionKeys(key, keyLength, salt, 0x00, auth),
    rtcp: sessionKeys(key, keyLength, salt, 0x03, auth),
  };
}

/** Labels of RFC 3711 §4.3.1 and §4.3.2: cipher key, authentication key and salt follow each other. */
function sessionKeys(
  key: KeyObject,
  keyLength: number,
  salt: Uint8Array,
  firstLabel: number,
  authLength: number,
): SessionKeys {
  const algorithm = `aes-${keyLength * 8}-ctr`;
  return {
    cipher: deriveKey(algorithm, key, salt, firstLabel, keyLength),
    auth: deriveKey(algorithm, key, salt, firstLabel + 1, authLength),
    salt: deriveKey(algorithm, key, salt, firstLabel + 2, salt.length),
  };
}

/**
 * RFC 3711 §4.3.3: the AES-CM keystream for IV = (label * 2^48 XOR master salt) * 2^16.
 *
 * The 12-octet salt of GCM is left-aligned in the 14 octets and followed by zeros (RFC 7714 §11 keeps RFC 3711's arithmetic on a
 * 112-bit salt); aligned to the right it derives keys that only talk to themselves.
 */
function deriveKey(algorithm: string, key: KeyObject, salt: Uint8Array, label: number, length: number): Buffer {
  const iv = Buffer.alloc(blockLength);
  iv.set(salt);
  iv[7] = (iv[7] as number) ^ label;
  return createCipheriv(algorithm, key, iv).update(Buffer.alloc(length));
}
