/** URIs and what holds them, with the private parts hidden. A password, and what a URI would have put into headers, never shows. */
import { formatParams, formatUri, type NameAddr, type Param, parseNameAddrList, quote, type Uri } from "@ringfence/sip";
import type { Mask } from "../logs/mask.ts";

const hidden = "***";
/** Values in one header; more than any real one has. */
const mostAddresses = 64;
/** Parameters that say how a message goes, and nothing of who sends it. */
const open: ReadonlySet<string> = new Set([
  ...["tag", "branch", "lr", "ob", "rport", "ttl", "transport", "user", "method", "expires", "q", "reg-id", "gr"],
  ...["reason", "counter", "screen", "privacy", "party", "id-type", "limit", "alias", "purpose", "index", "cause"],
]);

export function maskUri(uri: Uri, mask: Mask): string {
  if (uri.kind === "other") return mask.text(uri.raw);
  const params = maskParams(uri.params, mask);
  if (uri.kind === "tel") return formatUri({ ...uri, number: mask.identity(uri.number), params });
  return formatUri({
    ...uri,
    user: uri.user === undefined ? undefined : mask.identity(uri.user),
    password: uri.password === undefined ? undefined : hidden,
    host: mask.address(uri.host),
    params,
    headers: uri.headers === undefined ? undefined : hidden,
  });
}

export function maskParams(params: readonly Param[], mask: Mask): readonly Param[] {
  return params.map(({ name, value }) => {
    if (value === undefined || open.has(name)) return { name, value };
    if (isSecret(name) || pushed(name)) return { name, value: hidden };
    return { name, value: name === "received" || name === "maddr" ? mask.address(value) : mask.text(value) };
  });
}

const secretWords = ["passw", "pwd", "secret", "token", "auth", "cookie", "credential", "api-key", "apikey", "cnonce"];

/** A name after which a secret stands, in headers and parameters that nobody has described. */
export function isSecret(name: string): boolean {
  const lower = name.toLowerCase();
  return secretWords.some((word) => lower.includes(word));
}

/** RFC 8599: what wakes a phone up is as good as a password. */
function pushed(name: string): boolean {
  return name === "pn-prid" || name === "pn-param";
}

/** A header that names somebody; what cannot be read is not shown. */
export function maskAddresses(value: string, mask: Mask): string {
  if (value === "*") return value;
  const list = parseNameAddrList([value], mostAddresses);
  return list === undefined ? hidden : list.map((one) => maskNameAddr(one, mask)).join(", ");
}

function maskNameAddr({ displayName, uri, params }: NameAddr, mask: Mask): string {
  // A name may be a number, and may hold one.
  const name = displayName === undefined ? "" : `${quote(mask.identity(mask.text(displayName)))} `;
  return `${name}<${maskUri(uri, mask)}>${formatParams(maskParams(params, mask))}`;
}
