import { createHash, randomBytes } from "node:crypto";
import { splitList } from "./sip-message.ts";
import { newNonce } from "./timers.ts";

/** Digest as captured: MD5, no qop, no opaque, 32 upper-case hex digits of nonce, `stale=true` on the very first challenge. */

const md5 = (text: string): string => createHash("md5").update(text, "latin1").digest("hex");
const nonceLimit = 10_000;

/** The parameters after `Digest `, unquoted; undefined when the scheme is another. */
export function digestParams(value: string): Map<string, string> | undefined {
  const space = value.indexOf(" ");
  if (value.slice(0, space).toLowerCase() !== "digest") return undefined;
  const params = new Map<string, string>();
  for (const part of splitList(value.slice(space + 1))) {
    const equals = part.indexOf("=");
    const raw = part.slice(equals + 1).trim();
    const quoted = raw.startsWith('"') && raw.endsWith('"') && raw.length >= 2;
    params.set(part.slice(0, equals).trim().toLowerCase(), quoted ? raw.slice(1, -1) : raw);
  }
  return params;
}

export const challengeValue = (realm: string, nonce: string): string =>
  `Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, stale=true`;

/** Nonces given out; a restart forgets them all. */
export class NonceStore {
  readonly #issued = new Map<string, number>();

  issue(now: number): string {
    const nonce = newNonce();
    const oldest = this.#issued.keys().next();
    if (this.#issued.size >= nonceLimit && !oldest.done) this.#issued.delete(oldest.value);
    this.#issued.set(nonce, now);
    return nonce;
  }

  knows(nonce: string, now: number, lifetimeSeconds: number): boolean {
    const born = this.#issued.get(nonce);
    return born !== undefined && now - born <= lifetimeSeconds * 1000;
  }

  forget(): void {
    this.#issued.clear();
  }
}

export interface DigestFacts {
  readonly user: string;
  readonly password: string;
  readonly realm: string;
  readonly nonce: string;
  readonly method: string;
  readonly uri: string;
}

/** RFC 2069 response: no nc, no cnonce. */
export const plainResponse = (f: DigestFacts): string =>
  md5(`${md5(`${f.user}:${f.realm}:${f.password}`)}:${f.nonce}:${md5(`${f.method}:${f.uri}`)}`);

/**
 * The Authorization value that answers a provider's challenge. `qop=auth` is used when offered, for providers insist on it;
 * `opaque` is always printed, empty if there is none, as captured.
 */
export function answerChallenge(
  challenge: string,
  who: { user: string; password: string },
  method: string,
  uri: string,
): string | undefined {
  const params = digestParams(challenge);
  const realm = params?.get("realm");
  const nonce = params?.get("nonce");
  if (params === undefined || realm === undefined || nonce === undefined) return undefined;
  if ((params.get("algorithm") ?? "MD5").toUpperCase() !== "MD5") return undefined;
  const head = `Digest username="${who.user}", realm="${realm}", nonce="${nonce}", uri="${uri}"`;
  const tail = `algorithm=MD5, opaque="${params.get("opaque") ?? ""}"`;
  if (!splitList(params.get("qop") ?? "").includes("auth")) {
    return `${head}, response="${plainResponse({ ...who, realm, nonce, method, uri })}", ${tail}`;
  }
  const cnonce = randomBytes(8).toString("hex");
  const secret = md5(`${who.user}:${realm}:${who.password}`);
  const response = md5(`${secret}:${nonce}:00000001:${cnonce}:auth:${md5(`${method}:${uri}`)}`);
  return `${head}, response="${response}", ${tail}, qop=auth, nc=00000001, cnonce="${cnonce}"`;
}
