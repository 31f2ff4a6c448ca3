/** The "ng" socket of an instance, and its share of new calls. */
export interface RtpengineInstance {
  readonly address: string;
  readonly port: number;
  readonly weight: number;
}

/** What the file may say about media: of one side, and of the relay itself. */
export type SrtpMode = "required" | "optional" | "opportunistic" | "off";
export const srtpSuites = [
  "AES_CM_128_HMAC_SHA1_80",
  "AES_CM_128_HMAC_SHA1_32",
  "AEAD_AES_128_GCM",
  "AEAD_AES_256_GCM",
  "AES_256_CM_HMAC_SHA1_80",
  "AES_256_CM_HMAC_SHA1_32",
  "AES_192_CM_HMAC_SHA1_80",
  "AES_192_CM_HMAC_SHA1_32",
] as const;
export type Suite = (typeof srtpSuites)[number];
export const keyExchanges = ["sdes", "dtls"] as const;
export const keyPressWays = ["auto", "rfc4733", "info"] as const;
export type KeyPressWay = (typeof keyPressWays)[number];
export type KeyExchange = (typeof keyExchanges)[number];

/** What a side asks of its media. Lists have the preferred entry first. */
export interface SideMediaConfig {
  readonly srtp: SrtpMode;
  readonly suites: readonly Suite[];
  readonly keying: readonly KeyExchange[];
  /** Encoding names; undefined: any. */
  readonly codecs: readonly string[] | undefined;
  /** Fax over UDPTL, never encrypted. */
  readonly t38: boolean;
  /** How key presses reach the side. */
  readonly dtmf: KeyPressWay;
}

export interface MediaConfig {
  readonly address: string;
  readonly publicAddress: string | undefined;
  readonly ports: { readonly first: number; readonly last: number };
  readonly engine: "auto" | "native" | "js" | { readonly rtpengine: readonly RtpengineInstance[] };
  /** Threads that move packets; undefined: as many as the machine suggests. */
  readonly threads?: number | undefined;
  /** Processors they stay on, native ones only. */
  readonly pin: readonly number[];
  /** Names of the instances' interfaces. */
  readonly interfaces?: { readonly outside: string; readonly inside: string } | undefined;
  readonly inactivityMs: number;
  readonly learn: { readonly windowMs: number; readonly packets: number; readonly scope: "signalled-ip" };
}
