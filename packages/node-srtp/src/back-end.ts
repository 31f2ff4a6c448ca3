/** Which code computes a suite. All pass the same contract tests. */
import { CounterModeCipher } from "./counter-mode.ts";
import { GcmCipher } from "./gcm.ts";
import { deriveKeys } from "./key-material.ts";
import type { PacketCipher } from "./packet-cipher.ts";
import { weriftCipher } from "./portable.ts";
import { type SrtpSuite, suites } from "./profile.ts";

/** "werift": the ciphers of werift-rtp, for the suites it has. "node-crypto": our own use of node:crypto, for all suites. */
export type PortableBackEnd = "werift" | "node-crypto";

/** "native": whole contexts in C++ (native.ts), for all suites, where the addon is there. Never chosen unless asked for. */
export type BackEnd = PortableBackEnd | "native";

/**
 * The back end a suite gets unless asked otherwise; the figures are in docs/decisions/0004-srtp-back-ends.md. In counter mode node:crypto
 * is more than twice as fast, and four times for a forged packet; in GCM there is little to win, so werift-rtp serves it.
 */
export function backEndOf(suite: SrtpSuite): PortableBackEnd {
  return suite === "AEAD_AES_128_GCM" ? "werift" : "node-crypto";
}

/** @throws RangeError when the key has the wrong length or the back end does not have the suite */
export function cipherFor(
  suite: SrtpSuite,
  keyAndSalt: Uint8Array,
  backEnd: PortableBackEnd = backEndOf(suite),
): PacketCipher {
  const keys = deriveKeys(suite, keyAndSalt);
  if (backEnd === "node-crypto") {
    return suites[suite].mode === "gcm" ? new GcmCipher(keys) : new CounterModeCipher(suites[suite], keys);
  }
  const cipher = weriftCipher(suite, keys);
  if (cipher === undefined) throw new RangeError(`werift-rtp has no ${suite}`);
  return cipher;
}
