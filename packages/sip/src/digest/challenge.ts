import { HEX, isWhole, trimmed } from "../parse/octets.ts";
import { formatAuthParams, parseAuthParams } from "./auth-params.ts";

export type DigestAlgorithm = "MD5" | "SHA-256" | "SHA-512-256";
export type Qop = "auth" | "auth-int";

/** WWW-Authenticate or Proxy-Authenticate (RFC 3261 §22.4, RFC 8760). Texts are octets as latin1, unquoted. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly algorithm: DigestAlgorithm;
  /** The `-sess` form of the algorithm. */
  readonly sess: boolean;
  /** Those we know of the offered ones; empty for an RFC 2069 challenge, which has none. */
  readonly qop: readonly Qop[];
  readonly opaque: string | undefined;
  readonly stale: boolean;
  readonly domain: string | undefined;
}

/** Authorization or Proxy-Authorization. */
export interface Credentials {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  /** Lower-case hexadecimal, as long as the algorithm's hash. */
  readonly response: string;
  readonly algorithm: DigestAlgorithm;
  readonly sess: boolean;
  readonly cnonce: string | undefined;
  /** Eight hexadecimal digits. */
  readonly nc: string | undefined;
  readonly qop: Qop | undefined;
  readonly opaque: string | undefined;
}

const algorithms: readonly DigestAlgorithm[] = ["MD5", "SHA-256", "SHA-512-256"];
const SESS = "-sess";
const NC_DIGITS = 8;

/** Undefined when it is malformed, or asks for something we cannot do: then it must not be answered. */
export function parseChallenge(value: string): Challenge | undefined {
  const params = parseAuthParams(value);
  const realm = params?.get("realm");
  const nonce = params?.get("nonce");
  const algorithm = parseAlgorithm(params?.get("algorithm"));
  const qop = parseOffer(params?.get("qop"));
  if (params === undefined || realm === undefined || nonce === undefined) return undefined;
  if (algorithm === undefined || qop === undefined) return undefined;
  return {
    realm,
    nonce,
    ...algorithm,
    qop,
    opaque: params.get("opaque"),
    stale: params.get("stale")?.toLowerCase() === "true",
    domain: params.get("domain"),
  };
}

export function formatChallenge(challenge: Challenge): string {
  return formatAuthParams([
    ["realm", "quoted", challenge.realm],
    ["domain", "quoted", challenge.domain],
    ["nonce", "quoted", challenge.nonce],
    ["opaque", "quoted", challenge.opaque],
    ["algorithm", "token", formatAlgorithm(challenge)],
    ["qop", "quoted", challenge.qop.length === 0 ? undefined : challenge.qop.join(",")],
    ["stale", "token", challenge.stale ? "true" : undefined],
  ]);
}

/** Undefined when a part is missing, malformed, or does not go with the others (RFC 7616 §3.4). */
export function parseCredentials(value: string): Credentials | undefined {
  const params = parseAuthParams(value);
  const algorithm = parseAlgorithm(params?.get("algorithm"));
  if (params === undefined || algorithm === undefined) return undefined;
  const username = params.get("username");
  const realm = params.get("realm");
  const nonce = params.get("nonce");
  const uri = params.get("uri");
  const response = params.get("response");
  if (username === undefined || realm === undefined || nonce === undefined || uri === undefined) return undefined;
  if (response === undefined || !isHash(response, algorithm.algorithm)) return undefined;
  // A hashed user name is not a user name (RFC 7616 §3.4.4); we never offer it.
  if (params.get("userhash")?.toLowerCase() === "true") return undefined;
  const protection = parseProtection(params, algorithm.sess);
  if (protection === undefined) return undefined;
  return { username, realm, nonce, uri, response, ...algorithm, ...protection, opaque: params.get("opaque") };
}

export function formatCredentials(credentials: Credentials): string {
  return formatAuthParams([
    ["username", "quoted", credentials.username],
    ["realm", "quoted", credentials.realm],
    ["nonce", "quoted", credentials.nonce],
    ["uri", "quoted", credentials.uri],
    ["response", "quoted", credentials.response],
    ["algorithm", "token", formatAlgorithm(credentials)],
    ["cnonce", "quoted", credentials.cnonce],
    ["opaque", "quoted", credentials.opaque],
    ["qop", "token", credentials.qop],
    ["nc", "token", credentials.nc],
  ]);
}

/** With qop, cnonce and nc must be there; a `-sess` algorithm hashes the cnonce even without qop. */
function parseProtection(
  params: ReadonlyMap<string, string>,
  sess: boolean,
): Pick<Credentials, "cnonce" | "nc" | "qop"> | undefined {
  const cnonce = params.get("cnonce");
  const nc = params.get("nc");
  const qopText = params.get("qop");
  const qop = qopText === undefined ? undefined : parseQop(qopText);
  if (nc !== undefined && (nc.length !== NC_DIGITS || !isWhole(nc, HEX))) return undefined;
  if (qopText !== undefined && (qop === undefined || cnonce === undefined || nc === undefined)) return undefined;
  if (sess && cnonce === undefined) return undefined;
  return { cnonce, nc, qop };
}

function parseAlgorithm(
  text: string | undefined,
): { readonly algorithm: DigestAlgorithm; readonly sess: boolean } | undefined {
  const wanted = (text ?? "MD5").toLowerCase();
  const sess = wanted.endsWith(SESS);
  const name = sess ? wanted.slice(0, -SESS.length) : wanted;
  const algorithm = algorithms.find((known) => known.toLowerCase() === name);
  return algorithm === undefined ? undefined : { algorithm, sess };
}

function formatAlgorithm(of: { readonly algorithm: DigestAlgorithm; readonly sess: boolean }): string {
  return of.sess ? of.algorithm + SESS : of.algorithm;
}

/** RFC 3261 §22.4: unknown qop values are ignored; when only unknown ones are offered there is nothing to answer with. */
function parseOffer(text: string | undefined): readonly Qop[] | undefined {
  if (text === undefined) return [];
  const known = text.split(",").flatMap((word) => parseQop(trimmed(word)) ?? []);
  return known.length === 0 ? undefined : known;
}

function parseQop(text: string): Qop | undefined {
  const lower = text.toLowerCase();
  return lower === "auth" || lower === "auth-int" ? lower : undefined;
}

function isHash(text: string, algorithm: DigestAlgorithm): boolean {
  const length = algorithm === "MD5" ? 32 : 64;
  return text.length === length && isWhole(text, HEX) && text === text.toLowerCase();
}
