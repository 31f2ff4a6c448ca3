/**
 * The suites as data (RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.2). A new suite of a known mode is one more row.
 *
 * Lengths are octets. `rtcpTagLength` differs from `rtpTagLength` in the _32 suites: RFC 3711 §5.2 and RFC 4568 §6.2.2 keep
 * the SRTCP tag at 80 bits, because one forged BYE does more harm than one forged sample.
 */
export interface SuiteProfile {
  readonly mode: "counter" | "gcm";
  readonly keyLength: 16 | 24 | 32;
  readonly saltLength: 12 | 14;
  readonly rtpTagLength: number;
  readonly rtcpTagLength: number;
  /** The DTLS-SRTP protection profile (RFC 5764 §4.1.2, RFC 7714 §14.2); undefined for a suite that has none. */
  readonly dtlsProfile?: number;
}

export type SrtpSuite =
  | "AES_CM_128_HMAC_SHA1_80"
  | "AES_CM_128_HMAC_SHA1_32"
  | "AES_192_CM_HMAC_SHA1_80"
  | "AES_192_CM_HMAC_SHA1_32"
  | "AES_256_CM_HMAC_SHA1_80"
  | "AES_256_CM_HMAC_SHA1_32"
  | "AEAD_AES_128_GCM"
  | "AEAD_AES_256_GCM";

export const suites: Readonly<Record<SrtpSuite, SuiteProfile>> = {
  AES_CM_128_HMAC_SHA1_80: {
    mode: "counter",
    keyLength: 16,
    saltLength: 14,
    rtpTagLength: 10,
    rtcpTagLength: 10,
    dtlsProfile: 0x0001,
  },
  AES_CM_128_HMAC_SHA1_32: {
    mode: "counter",
    keyLength: 16,
    saltLength: 14,
    rtpTagLength: 4,
    rtcpTagLength: 10,
    dtlsProfile: 0x0002,
  },
  AES_192_CM_HMAC_SHA1_80: { mode: "counter", keyLength: 24, saltLength: 14, rtpTagLength: 10, rtcpTagLength: 10 },
  AES_192_CM_HMAC_SHA1_32: { mode: "counter", keyLength: 24, saltLength: 14, rtpTagLength: 4, rtcpTagLength: 10 },
  AES_256_CM_HMAC_SHA1_80: { mode: "counter", keyLength: 32, saltLength: 14, rtpTagLength: 10, rtcpTagLength: 10 },
  AES_256_CM_HMAC_SHA1_32: { mode: "counter", keyLength: 32, saltLength: 14, rtpTagLength: 4, rtcpTagLength: 10 },
  AEAD_AES_128_GCM: {
    mode: "gcm",
    keyLength: 16,
    saltLength: 12,
    rtpTagLength: 16,
    rtcpTagLength: 16,
    dtlsProfile: 0x0007,
  },
  AEAD_AES_256_GCM: {
    mode: "gcm",
    keyLength: 32,
    saltLength: 12,
    rtpTagLength: 16,
    rtcpTagLength: 16,
    dtlsProfile: 0x0008,
  },
};

export const suiteNames: readonly SrtpSuite[] = Object.keys(suites) as SrtpSuite[];

/** A name a peer wrote in `a=crypto`; undefined for one that is not in the table. */
export function suiteNamed(name: string): SrtpSuite | undefined {
  return suiteNames.find((suite) => suite === name);
}

/** Octets of `inline:` key material: master key, then master salt (RFC 4568 §6.1). */
export function keyAndSaltLength(suite: SrtpSuite): number {
  return suites[suite].keyLength + suites[suite].saltLength;
}

/** The most a protected packet grows by without an MKI: the largest tag, and the four octets of E flag and SRTCP index. */
export const maxExpansion: number = Math.max(...suiteNames.map((suite) => suites[suite].rtcpTagLength)) + 4;
