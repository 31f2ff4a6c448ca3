/**
 * Header fields with the private parts hidden: rewritten from what they mean, by the kind of each. What proves who somebody is (digest
 * responses, PASSporTs) never shows, at any level. A field that cannot be read as its kind does not show at all.
 */
import { formatParams, formatVia, type HeaderField, parseVia, splitList } from "@ringfence/sip";
import type { Mask } from "../logs/mask.ts";
import { isSecret, maskAddresses, maskParams } from "./uri-mask.ts";

const hidden = "***";
const mostElements = 64;

type Kind = "plain" | "dialog" | "addresses" | "proof" | "challenge" | "secret" | "via" | "text";

function kinds(kind: Kind, ...names: readonly string[]): readonly (readonly [string, Kind])[] {
  return names.map((name) => [name, kind] as const);
}

const known: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ...kinds("dialog", "Call-ID", "Replaces", "In-Reply-To", "Target-Dialog", "Join"),
  ...kinds("plain", "CSeq", "Max-Forwards", "Expires", "Min-Expires", "Content-Length", "Content-Encoding"),
  ...kinds("plain", "Allow", "Supported", "Require", "Proxy-Require", "Unsupported", "Allow-Events", "Accept", "RSeq"),
  ...kinds("plain", "Accept-Encoding", "Accept-Language", "Session-Expires", "Min-SE", "RAck", "Retry-After", "Date"),
  ...kinds("plain", "MIME-Version", "Priority", "Privacy", "Subscription-State", "Event", "Timestamp"),
  ...kinds("plain", "SIP-ETag", "SIP-If-Match"),
  ...kinds("addresses", "From", "To", "Contact", "P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID"),
  ...kinds("addresses", "Referred-By", "Refer-To", "Reply-To", "Diversion", "History-Info", "Route", "Record-Route"),
  ...kinds("addresses", "Path", "Service-Route", "P-Called-Party-ID", "P-Associated-URI", "Alert-Info", "Call-Info"),
  ...kinds("proof", "Authorization", "Proxy-Authorization", "Authentication-Info", "Proxy-Authentication-Info"),
  ...kinds("challenge", "WWW-Authenticate", "Proxy-Authenticate"),
  ...kinds("secret", "Identity"),
  ...kinds("via", "Via"),
]);

export function maskHeader({ name, value }: HeaderField, mask: Mask): string {
  const kind = known.get(name) ?? (isSecret(name) ? "secret" : "text");
  switch (kind) {
    case "plain":
      return value;
    case "dialog":
      return maskDialog(value, mask);
    case "addresses":
      return maskAddresses(value, mask);
    case "proof":
      return maskAuth(value, mask, shownOfProof);
    case "challenge":
      return maskAuth(value, mask, shownOfChallenge);
    case "secret":
      return hidden;
    case "via":
      return maskVias(value, mask);
    case "text":
      return mask.text(value);
  }
}

/** Random by RFC 3261 §8.1.1.4, and what joins the messages of a leg: all shows but the address that may stand behind it. */
function maskDialog(value: string, mask: Mask): string {
  const [name = "", ...params] = value.split(";");
  const at = name.indexOf("@");
  const shown = at < 0 ? name : `${name.slice(0, at)}@${mask.address(name.slice(at + 1).trim())}`;
  return [shown, ...params].join(";");
}

/** What a digest says of itself. `response`, `cnonce` and `nextnonce` are what a password could be guessed from. */
const shownOfProof: ReadonlySet<string> = new Set(["realm", "nonce", "algorithm", "qop", "nc", "username", "uri"]);
const shownOfChallenge: ReadonlySet<string> = new Set(["realm", "nonce", "algorithm", "qop", "stale", "domain"]);

/** RFC 7235 §2.1: a scheme and a list. Of other schemes than Digest only their name shows: the rest may be the password. */
function maskAuth(value: string, mask: Mask, shown: ReadonlySet<string>): string {
  const space = value.indexOf(" ");
  const scheme = value.slice(0, Math.max(0, space));
  // Authentication-Info has no scheme.
  const list = scheme.includes("=") ? value : value.slice(space + 1);
  if (!scheme.includes("=") && scheme.toLowerCase() !== "digest") return hidden;
  const params = splitList(list, mostElements, "plain");
  if (params === undefined) return hidden;
  const written = params.map((param) => maskAuthParam(param, mask, shown)).join(", ");
  return scheme.includes("=") ? written : `Digest ${written}`;
}

function maskAuthParam(param: string, mask: Mask, shown: ReadonlySet<string>): string {
  const equals = param.indexOf("=");
  if (equals < 0) return hidden;
  const name = param.slice(0, equals).trim().toLowerCase();
  const value = param.slice(equals + 1).trim();
  if (!shown.has(name)) return `${name}="${hidden}"`;
  if (name !== "username" && name !== "uri") return `${name}=${value}`;
  return `${name}="${mask.identity(mask.text(bare(value)))}"`;
}

function bare(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function maskVias(value: string, mask: Mask): string {
  const vias = splitList(value, mostElements, "plain");
  if (vias === undefined) return hidden;
  return vias.map((text) => maskVia(text, mask)).join(", ");
}

function maskVia(text: string, mask: Mask): string {
  const via = parseVia(text);
  if (via === undefined) return hidden;
  const { params, raw: _, ...place } = via;
  return `${formatVia({ ...place, host: mask.address(via.host), params: [] })}${formatParams(maskParams(params, mask))}`;
}
