/** One Identity header field (RFC 8224 §4) taken apart. Written by a peer: bounded, read octet by octet, refused as a value. */

export interface Identity {
  /** Base64url as it came; both are empty in the compact form (RFC 8225 §7). */
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
  /** Where the signer's certificate is. */
  readonly info: string;
  /** As the parameters say; undefined: they do not. */
  readonly alg: string | undefined;
  readonly ppt: string | undefined;
}

/** The largest tokens seen have 1,200 octets. */
const MAX_LENGTH = 4_096;
const MAX_PARAMS = 8;

/** Undefined: it is none, or says one thing twice. */
export function readIdentity(value: string): Identity | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const end = value.indexOf(";");
  const token = end < 0 ? undefined : readToken(value.slice(0, end).trim());
  const params = end < 0 ? undefined : readParams(value, end);
  const info = params?.get("info");
  if (token === undefined || params === undefined || info === undefined) return undefined;
  return { ...token, info, alg: params.get("alg"), ppt: params.get("ppt") };
}

/** RFC 7515 §3.1, three parts; the compact form leaves the first two empty. */
function readToken(text: string): Pick<Identity, "header" | "payload" | "signature"> | undefined {
  const [header = "", payload = "", signature = "", ...more] = text.split(".", 4);
  if (more.length > 0 || signature === "" || (header === "") !== (payload === "")) return undefined;
  return [header, payload, signature].every(isBase64Url) ? { header, payload, signature } : undefined;
}

function isBase64Url(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    const letter = (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
    if (!letter && !(c >= 0x30 && c <= 0x39) && c !== 0x2d && c !== 0x5f) return false;
  }
  return true;
}

/** `;info=<URI>;alg=ES256;ppt="shaken"`; a URI may hold what elsewhere ends a parameter. */
function readParams(text: string, from: number): ReadonlyMap<string, string> | undefined {
  const found = new Map<string, string>();
  let at = from;
  while (at < text.length) {
    if (text[at] !== ";" || found.size === MAX_PARAMS) return undefined;
    const equals = text.indexOf("=", at);
    if (equals < 0) return undefined;
    const name = text
      .slice(at + 1, equals)
      .trim()
      .toLowerCase();
    const start = skipBlank(text, equals + 1);
    const value = readValue(text, start);
    if (value === undefined || !isName(name) || found.has(name)) return undefined;
    // Only a URI stands in angle brackets, and nothing else does for `info`.
    if ((name === "info") !== (text[start] === "<")) return undefined;
    found.set(name, value.text);
    at = skipBlank(text, value.end);
  }
  return found;
}

function readValue(text: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const closing = text[start] === "<" ? ">" : text[start] === '"' ? '"' : undefined;
  if (closing !== undefined) {
    const end = text.indexOf(closing, start + 1);
    const inside = end < 0 ? "" : text.slice(start + 1, end);
    // No parameter of ours has a reason to escape anything.
    return inside === "" || inside.includes("\\") ? undefined : { text: inside, end: end + 1 };
  }
  const semicolon = text.indexOf(";", start);
  const end = semicolon < 0 ? text.length : semicolon;
  const plain = text.slice(start, end).trim();
  return isName(plain) ? { text: plain, end } : undefined;
}

function isName(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c <= 0x20 || c >= 0x7f || '"<>,;=\\'.includes(text.charAt(at))) return false;
  }
  return text.length > 0 && text.length <= 64;
}

function skipBlank(text: string, from: number): number {
  let at = from;
  while (text[at] === " " || text[at] === "\t") at++;
  return at;
}
