/** How a peer's m= section wants to travel: its keys, its certificate, its ICE credentials. What cannot be read is not there. */
import { attribute, attributes, type CryptoAttribute, parseCrypto, type Sdp, type SdpMedia } from "@ringfence/sip";
import type { Fingerprint, IceCredentials } from "../transport/transport.ts";

export type Setup = "active" | "passive" | "actpass" | "holdconn";

export interface PeerDtls {
  /** Never empty; one of them must fit (RFC 8122 §5). */
  readonly fingerprints: readonly Fingerprint[];
  readonly setup: Setup;
}

export interface PeerTransport {
  readonly cryptos: readonly CryptoAttribute[];
  /** There is an a=fingerprint, readable or not. */
  readonly offersDtls: boolean;
  readonly dtls: PeerDtls | undefined;
  /** undefined when the peer does no ICE, or is as lite as we are: then nobody would check anything (RFC 8445 §6.1.1). */
  readonly ice: IceCredentials | undefined;
  /** RFC 5761 §5.1.1. */
  readonly mux: boolean;
}

const maxCryptos = 16;
const maxFingerprints = 8;
/** Octets of each hash. What is weaker than SHA-256 proves nothing any more. */
const hashLengths: ReadonlyMap<string, number> = new Map<Fingerprint["hash"], number>([
  ["sha-256", 32],
  ["sha-384", 48],
  ["sha-512", 64],
]);
const setups: readonly Setup[] = ["active", "passive", "actpass", "holdconn"];

export function readTransport(sdp: Sdp, media: SdpMedia): PeerTransport {
  const fingerprints = inherited(sdp, media, "fingerprint");
  return {
    cryptos: cryptosOf(media),
    offersDtls: fingerprints.length > 0,
    dtls: dtlsOf(sdp, media, fingerprints),
    ice: iceOf(sdp, media),
    mux: attribute(media.lines, "rtcp-mux") !== undefined,
  };
}

function cryptosOf(media: SdpMedia): readonly CryptoAttribute[] {
  const parsed: CryptoAttribute[] = [];
  for (const value of attributes(media.lines, "crypto").slice(0, maxCryptos)) {
    const crypto = parseCrypto(value);
    if (crypto !== undefined) parsed.push(crypto);
  }
  return parsed;
}

function dtlsOf(sdp: Sdp, media: SdpMedia, written: readonly string[]): PeerDtls | undefined {
  const fingerprints = written.slice(0, maxFingerprints).flatMap((text) => readFingerprint(text) ?? []);
  // RFC 4145 §4: without a=setup its writer is the active side.
  const word = inherited(sdp, media, "setup")[0] ?? "active";
  const setup = setups.find((known) => known === word);
  return fingerprints.length === 0 || setup === undefined ? undefined : { fingerprints, setup };
}

/** `sha-256 AB:CD:...`; undefined for another hash, or when the octets are not as many as the hash has. */
function readFingerprint(text: string): Fingerprint | undefined {
  const space = text.indexOf(" ");
  const hash = text.slice(0, Math.max(0, space)).toLowerCase();
  const length = hashLengths.get(hash);
  const pairs = text.slice(space + 1).split(":");
  if (length === undefined || pairs.length !== length) return undefined;
  const value = new Uint8Array(length);
  for (const [index, pair] of pairs.entries()) {
    const high = hexDigit(pair.charCodeAt(0));
    const low = hexDigit(pair.charCodeAt(1));
    if (pair.length !== 2 || high < 0 || low < 0) return undefined;
    value[index] = high * 16 + low;
  }
  return { hash: hash as Fingerprint["hash"], value };
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = (code | 0x20) - 0x61;
  return letter >= 0 && letter < 6 ? letter + 10 : -1;
}

/** RFC 8839 §5.4: 4 to 256, and 22 to 256, letters, digits, + and /. §5.5: ice-mismatch says that it goes on without. */
function iceOf(sdp: Sdp, media: SdpMedia): IceCredentials | undefined {
  const ufrag = inherited(sdp, media, "ice-ufrag")[0] ?? "";
  const pwd = inherited(sdp, media, "ice-pwd")[0] ?? "";
  const readable = isIceText(ufrag, 4) && isIceText(pwd, 22);
  const checks = attribute(sdp.session, "ice-lite") === undefined;
  const goesOn = attribute(media.lines, "ice-mismatch") === undefined;
  return readable && checks && goesOn ? { ufrag, pwd } : undefined;
}

function isIceText(text: string, least: number): boolean {
  if (text.length < least || text.length > 256) return false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const letter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a;
    // "+" 0x2b, "/" and the digits 0x2f to 0x39.
    if (!letter && code !== 0x2b && (code < 0x2f || code > 0x39)) return false;
  }
  return true;
}

/** The values below the m= line, else those of the session. */
function inherited(sdp: Sdp, media: SdpMedia, name: string): readonly string[] {
  const own = attributes(media.lines, name);
  return own.length > 0 ? own : attributes(sdp.session, name);
}
