/**
 * Ringfence answers the PBX's challenge for an account (`authentication: edge`). Only for a request of ours that went to
 * the PBX from the phones' socket and came back over it; nobody else's challenge is ever answered (threat L4).
 */
import { digestAnswer, type OutRequest, parseChallenge, parseCredentials, type Response } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";

const MAX_CHALLENGES = 4;
/** Realms of one PBX that are learnt; its nodes may have one each. */
const MAX_REALMS = 16;

/** The header to repeat `request` with; undefined when there is nothing that could answer, or what it carries was all there is. */
export function pbxCredentials(
  state: EdgeState,
  user: string,
  request: OutRequest,
  response: Response,
): readonly [name: string, value: string] | undefined {
  const proxy = response.status === 407;
  const offered = response.headers.all(proxy ? "Proxy-Authenticate" : "WWW-Authenticate").slice(0, MAX_CHALLENGES);
  const challenges = offered.flatMap((value) => parseChallenge(value) ?? []);
  const at = state.now + state.use.ledger.wallOffset;
  // RFC 8760 §2.4: the first that we can answer is the one the server prefers.
  for (const challenge of challenges) {
    if (!isRealmOfPbx(state, request.method, challenge.realm)) continue;
    const integrity = challenge.qop.length > 0 && !challenge.qop.includes("auth");
    if (integrity) continue;
    const secrets = state.settings.accounts?.secretsFor(user, challenge, at) ?? [];
    const secret = state.overlaps.choose(`account ${user}`, secrets, request);
    if (secret === undefined) continue;
    // Each nonce is used once, so the count is always the first.
    const value = digestAnswer(challenge, { username: user, secret }, request, state.random);
    return [proxy ? "Proxy-Authorization" : "Authorization", value];
  }
  return undefined;
}

/**
 * A PBX that is a proxy may pass on the challenge of somebody behind it. A REGISTER ends at the PBX itself, so the realm
 * it names there is its own; any other method is answered for such a realm only.
 */
function isRealmOfPbx({ settings, registrar }: EdgeState, method: string, realm: string): boolean {
  const configured = settings.config.pbx.realms;
  if (configured !== undefined) return configured.includes(realm);
  return method === "REGISTER" || registrar.realms.size === 0 || registrar.realms.has(realm);
}

/** The PBX took this REGISTER: the realm it answered to is the PBX's. */
export function learnRealm({ registrar }: EdgeState, { headers }: OutRequest): void {
  const value = headers.get("Authorization") ?? headers.get("Proxy-Authorization");
  const realm = value === undefined ? undefined : parseCredentials(value)?.realm;
  if (realm !== undefined && registrar.realms.size < MAX_REALMS) registrar.realms.add(realm);
}
