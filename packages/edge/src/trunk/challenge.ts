/**
 * Threat L4: a challenge is answered for a request that we began (REGISTER, the first INVITE of a call), towards the host of
 * the trunk it went to, and only for a realm of that trunk. Everything else stays a refusal: a carrier's customer who
 * challenges a BYE learns nothing.
 */
import {
  digestAnswer,
  nextSequence,
  type OutRequest,
  parseChallenge,
  type Response,
  type Secret,
} from "@ringfence/sip";
import type { TrunkSettings } from "../settings.ts";
import { type EdgeState, tell } from "../state.ts";

/** Challenges of one message that are looked at. */
const MAX_CHALLENGES = 4;
/** Answers in a row: the first, and one more for a nonce that had become stale. More is a wrong password. */
export const MAX_ANSWERS = 2;

/** The strongest first (RFC 8760 §2.4): a carrier that offers both is not talked down. */
const preference = ["SHA-512-256", "SHA-256", "MD5"];

/** The request again with credentials and the next CSeq (RFC 3261 §22.2); undefined when this challenge is not answered. */
export function answerChallenge(
  state: EdgeState,
  trunk: TrunkSettings,
  sent: OutRequest,
  response: Response,
): OutRequest | undefined {
  const { credentials: account, name } = trunk.config;
  const secrets = trunkSecrets(state, trunk);
  if (account === undefined || secrets.length === 0) return undefined;
  const asked = response.status === 401 ? "WWW-Authenticate" : "Proxy-Authenticate";
  const answered = response.status === 401 ? "Authorization" : "Proxy-Authorization";
  const challenges = response.headers
    .all(asked)
    .slice(0, MAX_CHALLENGES)
    .flatMap((value) => parseChallenge(value) ?? []);
  const ours = challenges
    .filter(({ realm }) => isRealmOf(trunk, realm))
    .toSorted((one, other) => preference.indexOf(one.algorithm) - preference.indexOf(other.algorithm));
  const [challenge] = ours;
  if (challenge === undefined) {
    if (challenges.length > 0) tell(state, { event: "trunk", level: "warn", trunk: name, reason: "foreign-realm" });
    return undefined;
  }
  // With one password the second answer is for a nonce that was old.
  const secret =
    secrets.length === 1 ? secrets[0] : state.overlaps.choose(`trunk ${name}`, secrets, sent, challenge.stale);
  if (secret === undefined) return undefined;
  const digest = digestAnswer(challenge, { username: account.user, secret }, sent, state.random);
  return { ...sent, headers: nextSequence(sent).set(answered, digest) };
}

/** The new password first; the one before while it holds. */
export function trunkSecrets({ now, use }: EdgeState, { password, previous }: TrunkSettings): readonly Secret[] {
  if (password === undefined) return [];
  const holds = previous !== undefined && now + use.ledger.wallOffset < previous.until;
  return [password, ...(holds ? [previous.password] : [])].map((one) => ({ kind: "password", password: one }));
}

/** As configured, else the names that the trunk's hosts have in the file. */
function isRealmOf({ config }: TrunkSettings, realm: string): boolean {
  const configured = config.credentials?.realm;
  if (configured !== undefined) return realm === configured;
  return config.hosts.some(({ host }) => host === realm.toLowerCase());
}
