/**
 * `authentication: edge`: who opens something proves its password to us first. A challenge leaves no state: the nonce is
 * signed and carries its own time and source. Unknown account, unknown domain and wrong password do the same work and get
 * the same answer.
 */
import { createHash } from "node:crypto";
import {
  type Credentials,
  checkNonce,
  formatChallenge,
  issueNonce,
  parseCredentials,
  parseUri,
  type Request,
  verifyDigest,
} from "@ringfence/sip";
import { answerStateless, userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { count, type EdgeState } from "../state.ts";
import type { AccountBook } from "./accounts.ts";
import { isHeld, noteRight, noteWrong } from "./guessing.ts";
import { addressOfRecord, identityOn } from "./identity.ts";
import { logUnwelcome } from "./unwelcome.ts";

/** As long as a phone may use one nonce before it gets another. */
const NONCE_AGE = 300_000;
const MAX_CREDENTIALS = 4;

type Outcome = "challenged" | "failed" | "stale" | "replayed" | "held";

/** True when the request may go on; otherwise it has been answered. */
export function authenticated(state: EdgeState, now: number, flow: Flow, request: Request): boolean {
  const { accounts } = state.settings;
  if (accounts === undefined || flow.side !== "phone") return true;
  const source = flow.packetSource.address;
  const claimed = userOf(request.from.uri) ?? "";
  const credentials = ownCredentials(accounts, request);
  if (credentials === undefined) return challenge(state, now, flow, request, accounts, "challenged");
  if (isHeld(state, now, flow, claimed, request)) return refuse(state, now, flow, request, claimed);
  const context = { key: state.registrar.nonceKey, now, source };
  const age = checkNonce(context, credentials.nonce, NONCE_AGE);
  // The digest is computed whatever the nonce and the name are worth.
  const right = proves(state, accounts, flow, request, credentials);
  if (age === "foreign") return challenge(state, now, flow, request, accounts, "challenged");
  if (!right) {
    noteWrong(state, now, flow, claimed);
    logUnwelcome(state, now, flow, request, { reason: "wrong-password", account: claimed });
    return challenge(state, now, flow, request, accounts, "failed");
  }
  if (age === "stale") return challenge(state, now, flow, request, accounts, "stale");
  if (!state.registrar.nonceCounts.use(credentials)) {
    return challenge(state, now, flow, request, accounts, "replayed");
  }
  noteRight(state, now, flow, claimed);
  count(state, { name: "authentications", result: "passed" });
  return true;
}

/** The first that names our realm with an algorithm we offer: one we do not offer is no proof, however right it is. */
function ownCredentials(accounts: AccountBook, request: Request): Credentials | undefined {
  const name = request.method === "REGISTER" ? "Authorization" : "Proxy-Authorization";
  for (const value of request.headers.all(name).slice(0, MAX_CREDENTIALS)) {
    const credentials = parseCredentials(value);
    if (credentials === undefined || credentials.realm !== accounts.realm || credentials.sess) continue;
    if (credentials.qop === "auth-int" || !accounts.algorithms.includes(credentials.algorithm)) continue;
    return credentials;
  }
  return undefined;
}

function proves(
  state: EdgeState,
  accounts: AccountBook,
  flow: Flow,
  request: Request,
  credentials: Credentials,
): boolean {
  // Nobody's hash: of the right length, not to be guessed, and made for known accounts too, so that it costs all the same.
  const nobody = decoy(state, credentials);
  const stored = accounts.hashOf(credentials.username, credentials.algorithm);
  const ha1 = stored ?? nobody;
  const right = verifyDigest(credentials, { secret: { kind: "ha1", ha1 }, method: request.method });
  // Looked at for everybody, changed lately or not.
  const at = state.now + state.use.ledger.wallOffset;
  const older = accounts.previousHashOf(credentials.username, credentials.algorithm, at);
  const secret = { kind: "ha1", ha1: older ?? nobody } as const;
  const rightBefore = verifyDigest(credentials, { secret, method: request.method });
  const account = accountOf(state, flow, request);
  const forThis = sameTarget(credentials.uri, request);
  const known = (right && stored !== undefined) || (rightBefore && older !== undefined);
  return known && account === credentials.username && forThis;
}

function decoy(state: EdgeState, { algorithm, username }: Credentials): string {
  const name = algorithm === "MD5" ? "md5" : "sha256";
  return createHash(name).update(state.registrar.nonceKey).update(username, "latin1").digest("hex");
}

/** Whose password is asked for: of the account to be registered, or of the one registered on the flow (threat L7). */
function accountOf(state: EdgeState, flow: Flow, request: Request): string | undefined {
  if (request.method === "REGISTER") return addressOfRecord(state.settings, request.to.uri)?.user;
  return identityOn(state, flow, request)?.user;
}

/** RFC 7616 §3.4.6: the digest was computed over this request's target. Spelling and parameters may differ. */
function sameTarget(text: string, request: Request): boolean {
  if (text === request.requestUri.raw) return true;
  const uri = parseUri(text);
  const target = request.requestUri;
  if (uri?.kind !== "sip" || target.kind !== "sip") return false;
  return uri.host === target.host && uri.user === target.user;
}

function challenge(
  state: EdgeState,
  now: number,
  flow: Flow,
  request: Request,
  accounts: AccountBook,
  why: Outcome,
): false {
  count(state, { name: "authentications", result: why });
  const nonce = issueNonce({ key: state.registrar.nonceKey, now, source: flow.packetSource.address });
  const registering = request.method === "REGISTER";
  const header = registering ? "WWW-Authenticate" : "Proxy-Authenticate";
  const common = { realm: accounts.realm, nonce, sess: false, qop: ["auth"], opaque: undefined } as const;
  // Right, but too old or used before: the phone need not ask its user again (RFC 7616 §3.3).
  const stale = why === "stale" || why === "replayed";
  const headers = accounts.algorithms.map(
    (algorithm) => [header, formatChallenge({ ...common, algorithm, stale, domain: undefined })] as const,
  );
  answerStateless(state, request, flow, { status: registering ? 401 : 407, headers });
  return false;
}

function refuse(state: EdgeState, now: number, flow: Flow, request: Request, account: string): false {
  count(state, { name: "authentications", result: "held" });
  const noted = logUnwelcome(state, now, flow, request, { reason: "guessing-held", account, status: 403 });
  answerStateless(state, request, flow, { status: 403, ...noted });
  return false;
}
