/**
 * Header field names: canonical spelling, compact form, and which may stand only once.
 * Looked up through Map only: a peer chooses the key (`__proto__` is a legal token).
 */

/** Canonical name, with its compact form where IANA has registered one. */
const registered: readonly (readonly [name: string, compact?: string])[] = [
  ["Accept"],
  ["Accept-Contact", "a"],
  ["Accept-Encoding"],
  ["Accept-Language"],
  ["Alert-Info"],
  ["Allow"],
  ["Allow-Events", "u"],
  ["Authentication-Info"],
  ["Authorization"],
  ["Call-ID", "i"],
  ["Call-Info"],
  ["Contact", "m"],
  ["Content-Disposition"],
  ["Content-Encoding", "e"],
  ["Content-Language"],
  ["Content-Length", "l"],
  ["Content-Type", "c"],
  ["CSeq"],
  ["Date"],
  ["Diversion"],
  ["Error-Info"],
  ["Event", "o"],
  ["Expires"],
  ["From", "f"],
  ["History-Info"],
  ["Identity", "y"],
  ["In-Reply-To"],
  ["Join"],
  ["Max-Forwards"],
  ["MIME-Version"],
  ["Min-Expires"],
  ["Min-SE"],
  ["Organization"],
  ["P-Asserted-Identity"],
  ["P-Preferred-Identity"],
  ["Path"],
  ["Priority"],
  ["Privacy"],
  ["Proxy-Authenticate"],
  ["Proxy-Authorization"],
  ["Proxy-Require"],
  ["RAck"],
  ["Reason"],
  ["Record-Route"],
  ["Refer-To", "r"],
  ["Referred-By", "b"],
  ["Reject-Contact", "j"],
  ["Remote-Party-ID"],
  ["Replaces"],
  ["Reply-To"],
  ["Request-Disposition", "d"],
  ["Require"],
  ["Retry-After"],
  ["Route"],
  ["RSeq"],
  ["Server"],
  ["Service-Route"],
  ["Session-Expires", "x"],
  ["SIP-ETag"],
  ["SIP-If-Match"],
  ["Subject", "s"],
  ["Subscription-State"],
  ["Supported", "k"],
  ["Target-Dialog"],
  ["Timestamp"],
  ["To", "t"],
  ["Unsupported"],
  ["User-Agent"],
  ["Via", "v"],
  ["Warning"],
  ["WWW-Authenticate"],
];

/**
 * Fields where a second one would let two readers see two different messages (RFC 3261 §7.3.1: a field that is
 * not a comma list must not repeat). Descriptive fields such as User-Agent are left out on purpose: real
 * devices repeat them and nobody decides on them. At most 31 entries: they become bits.
 */
const singletons: readonly string[] = [
  "Call-ID",
  "Content-Disposition",
  "Content-Length",
  "Content-Type",
  "CSeq",
  "Event",
  "Expires",
  "From",
  "Join",
  "Max-Forwards",
  "Min-Expires",
  "Min-SE",
  "RAck",
  "Refer-To",
  "Referred-By",
  "Replaces",
  "Reply-To",
  "RSeq",
  "Session-Expires",
  "SIP-ETag",
  "SIP-If-Match",
  "Subscription-State",
  "Target-Dialog",
  "To",
];

export interface KnownName {
  readonly name: string;
  readonly compact: string | undefined;
  /** A power of two when the field may stand only once, else 0. */
  readonly singleton: number;
}

interface Spelling {
  readonly text: string;
  readonly known: KnownName;
}

/** Canonical spellings of all fields that are known here. */
export const registeredNames: readonly string[] = registered.map(([name]) => name);

const bySpelling = new Map<string, KnownName>();
const byLowerCase = new Map<string, KnownName>();
const buckets = new Map<number, Spelling[]>();
for (const [name, compact] of registered) {
  const place = singletons.indexOf(name);
  const known: KnownName = { name, compact, singleton: place < 0 ? 0 : 1 << place };
  for (const spelling of compact === undefined ? [name] : [name, compact]) {
    bySpelling.set(spelling, known);
    byLowerCase.set(spelling.toLowerCase(), known);
    const place = bucketOf(spelling.length, spelling.charCodeAt(0));
    const bucket = buckets.get(place) ?? [];
    bucket.push({ text: spelling, known });
    buckets.set(place, bucket);
  }
}

function bucketOf(length: number, first: number): number {
  return (length << 8) | first;
}

/** The registry entry of a field name in any case, long or compact; undefined when we do not know it. */
export function knownName(name: string): KnownName | undefined {
  return bySpelling.get(name) ?? byLowerCase.get(name.toLowerCase());
}

/**
 * `knownName(text.slice(from, to))` without the slice when the usual spelling stands there, which is nearly always: making
 * and hashing a string per field costs as much as the rest of the field.
 */
export function knownNameAt(text: string, from: number, to: number): KnownName | undefined {
  const bucket = buckets.get(bucketOf(to - from, text.charCodeAt(from)));
  if (bucket !== undefined) {
    for (const { text: spelling, known } of bucket) if (text.startsWith(spelling, from)) return known;
  }
  return byLowerCase.get(text.slice(from, to).toLowerCase());
}

/** The canonical long name when known, else the name as written. */
export function canonicalName(name: string): string {
  return knownName(name)?.name ?? name;
}
