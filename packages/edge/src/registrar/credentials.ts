/**
 * Digest relayed between a phone and the PBX: both headers are taken apart and written anew, so that nothing but the
 * digest's own parameters crosses. Challenges cross from the PBX only, credentials to the PBX only (threat L4).
 */
import {
  type Credentials,
  formatChallenge,
  formatCredentials,
  formatUri,
  parseChallenge,
  parseCredentials,
  parseUri,
  type Request,
  type Response,
  type SipUri,
  sipUri,
} from "@ringfence/sip";
import { userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import type { ChallengeMemory } from "./challenge-memory.ts";
import type { NamedChallenge } from "./challenge-shape.ts";

type HeaderPair = readonly [string, string];

/** Challenges or credentials one message may carry: one per algorithm and realm is plenty. */
const MAX_DIGESTS = 4;

const credentialHeaders = ["Authorization", "Proxy-Authorization"] as const;
const challengeHeaders = ["WWW-Authenticate", "Proxy-Authenticate"] as const;

export interface RelayedCredentials {
  readonly headers: readonly HeaderPair[];
  readonly usernames: readonly string[];
  /** Request-URIs the digests were computed over. */
  readonly uris: readonly string[];
  readonly nonces: readonly string[];
}

/** Schemes other than Digest are left out: the PBX then challenges as if nothing had come. */
export function relayedCredentials(request: Request): RelayedCredentials {
  const headers: HeaderPair[] = [];
  const found: Credentials[] = [];
  for (const name of credentialHeaders) {
    for (const value of request.headers.all(name).slice(0, MAX_DIGESTS)) {
      const credentials = parseCredentials(value);
      if (credentials === undefined) continue;
      headers.push([name, formatCredentials(credentials)]);
      found.push(credentials);
    }
  }
  return {
    headers,
    usernames: found.map((c) => c.username),
    uris: found.map((c) => c.uri),
    nonces: found.map((c) => c.nonce),
  };
}

/** The PBX's challenge as the phone gets it. */
export function relayedChallenges(
  memory: ChallengeMemory,
  flow: Flow,
  request: Request,
  response: Response,
): readonly HeaderPair[] {
  return writtenChallenges(memory, flow, request, challengesIn(response));
}

export function challengesIn(response: Response): readonly NamedChallenge[] {
  return challengeHeaders.flatMap((header) =>
    response.headers
      .all(header)
      .slice(0, MAX_DIGESTS)
      .flatMap((value) => {
        const challenge = parseChallenge(value);
        return challenge === undefined ? [] : [{ header, challenge }];
      }),
  );
}

/** Also those of our own making, which must look the same. */
export function writtenChallenges(
  memory: ChallengeMemory,
  flow: Flow,
  request: Request,
  challenges: readonly NamedChallenge[],
): readonly HeaderPair[] {
  const user = userOf(request.from.uri) ?? "";
  const mayBeStale = memory.mayBeStale(flow, user, relayedCredentials(request).nonces);
  memory.issued(
    flow,
    user,
    challenges.map(({ challenge }) => challenge.nonce),
  );
  return challenges.map(({ header, challenge }) => [
    header,
    formatChallenge({ ...challenge, domain: undefined, stale: challenge.stale && mayBeStale }),
  ]);
}

/** Whose password was used: `1001` or `1001@domain` stand for account 1001, anything else for somebody else. */
export function credentialsFit(credentials: RelayedCredentials, user: string): boolean {
  return credentials.usernames.every((name) => name === user || name.startsWith(`${user}@`));
}

/**
 * The request line towards the PBX: the phone's user part at the PBX's domain. A strict PBX compares it with the
 * digest's `uri` (RFC 2617 §3.2.2.5), so parameters stay when the digest was computed over them.
 */
export function requestUriAtDomain(user: string | undefined, domain: string, credentials: RelayedCredentials): string {
  for (const text of credentials.uris) {
    const uri = parseUri(text);
    if (uri?.kind !== "sip" || uri.host !== domain || uri.user !== user || uri.headers !== undefined) continue;
    return formatUri({ ...plain(user, domain), scheme: "sip", params: uri.params });
  }
  return formatUri(plain(user, domain));
}

function plain(user: string | undefined, domain: string): SipUri {
  return sipUri({ ...(user === undefined ? {} : { user }), host: domain });
}
