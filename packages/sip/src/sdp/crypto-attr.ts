import { ALNUM, decimal, isOctet, isWhole } from "../parse/octets.ts";

/** RFC 4568 §9.1, one key of one suite. Whether suite and key length fit is for the SRTP side to say. */
export interface CryptoAttribute {
  readonly tag: number;
  readonly suite: string;
  /** Master key, then master salt. */
  readonly key: Uint8Array;
  /** Packets the key may protect; undefined when not written. */
  readonly lifetime: bigint | undefined;
  /** `length` in octets. */
  readonly mki: { readonly value: number; readonly length: number } | undefined;
  /** Unknown ones too: RFC 4568 §6.3 wants the attribute refused for them, unless they begin with `-`. */
  readonly sessionParams: readonly string[];
}

const MAX_TAG = 999_999_999;
const MAX_KEY_TEXT = 256;
const MAX_SESSION_PARAMS = 16;
const MAX_MKI_LENGTH = 128;
/** RFC 3711 §9.2: an SRTP key protects no more than 2^48 packets. */
const MAX_LIFETIME_POWER = 48;
const KEY_METHOD = "inline:";

/** What follows `a=crypto:`. Undefined when it is malformed, or has more than one key (they need MKIs we do not use). */
export function parseCrypto(value: string): CryptoAttribute | undefined {
  const [tagText = "", suite = "", keyText = "", ...sessionParams] = value
    .split(" ")
    .flatMap((word) => word.split("\t"))
    .filter((word) => word !== "");
  const tag = decimal(tagText, MAX_TAG);
  const key = keyText.startsWith(KEY_METHOD) ? parseKey(keyText.slice(KEY_METHOD.length)) : undefined;
  if (tag === undefined || !isSuite(suite) || key === undefined) return undefined;
  if (sessionParams.length > MAX_SESSION_PARAMS || value.startsWith(" ")) return undefined;
  return { tag, suite, ...key, sessionParams };
}

export function formatCrypto(crypto: CryptoAttribute): string {
  const lifetime = crypto.lifetime === undefined ? "" : `|${formatLifetime(crypto.lifetime)}`;
  const mki = crypto.mki === undefined ? "" : `|${crypto.mki.value}:${crypto.mki.length}`;
  const key = Buffer.from(crypto.key).toString("base64");
  return [crypto.tag, crypto.suite, `${KEY_METHOD}${key}${lifetime}${mki}`, ...crypto.sessionParams].join(" ");
}

/** `key||salt ["|" lifetime] ["|" mki ":" length]` */
function parseKey(text: string): Pick<CryptoAttribute, "key" | "lifetime" | "mki"> | undefined {
  const [keyText = "", ...rest] = text.split("|");
  const key = parseBase64(keyText);
  if (key === undefined || rest.length > 2) return undefined;
  const last = rest.at(-1);
  const mki = last?.includes(":") ? parseMki(last) : undefined;
  if (last?.includes(":") && mki === undefined) return undefined;
  const lifetimes = mki === undefined ? rest : rest.slice(0, -1);
  const [lifetimeText] = lifetimes;
  const lifetime = lifetimeText === undefined ? undefined : parseLifetime(lifetimeText);
  if (lifetimes.length > 1 || (lifetimeText !== undefined && lifetime === undefined)) return undefined;
  return { key, lifetime, mki };
}

/**
 * Canonical base64: a decoder that skips what it does not know would read a key where another reads none. Padding may be
 * left out (RFC 4568 §6.1 discards it).
 */
function parseBase64(text: string): Uint8Array | undefined {
  if (text === "" || text.length > MAX_KEY_TEXT) return undefined;
  const bytes = Buffer.from(text, "base64");
  const canonical = bytes.toString("base64");
  const bare = canonical.slice(0, Math.ceil((bytes.length * 4) / 3));
  return text === canonical || text === bare ? new Uint8Array(bytes) : undefined;
}

/** `2^n`, or a decimal number of packets. */
function parseLifetime(text: string): bigint | undefined {
  if (text.startsWith("2^")) {
    const power = decimal(text.slice(2), MAX_LIFETIME_POWER);
    return power === undefined || text.length > 4 ? undefined : 1n << BigInt(power);
  }
  const packets = decimal(text, 2 ** MAX_LIFETIME_POWER);
  return packets === undefined || packets === 0 ? undefined : BigInt(packets);
}

function formatLifetime(lifetime: bigint): string {
  const power = lifetime.toString(2).length - 1;
  return 1n << BigInt(power) === lifetime ? `2^${power}` : lifetime.toString();
}

/** The value must fit into its length. */
function parseMki(text: string): { readonly value: number; readonly length: number } | undefined {
  const [valueText = "", lengthText = "", ...rest] = text.split(":");
  const value = decimal(valueText, Number.MAX_SAFE_INTEGER);
  const length = decimal(lengthText, MAX_MKI_LENGTH);
  if (value === undefined || length === undefined || length === 0 || rest.length > 0) return undefined;
  return value < 256 ** Math.min(length, 7) ? { value, length } : undefined;
}

function isSuite(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    if (!isOctet(text.charCodeAt(at), ALNUM) && text.charAt(at) !== "_") return false;
  }
  return isWhole(text.charAt(0), ALNUM);
}
