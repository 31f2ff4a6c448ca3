/** We register with a carrier (RFC 3261 §10.2): one Call-ID, rising CSeq, refreshed in time, patient when refused. */
import {
  HeaderList,
  type Hop,
  nextSequence,
  noBody,
  type OutRequest,
  parseContacts,
  type Response,
  sipUri,
} from "@ringfence/sip";
import { tagged } from "../call/headers.ts";
import { parseSeconds } from "../registrar/seconds.ts";
import type { TrunkSettings } from "../settings.ts";
import { count, type EdgeState, newCallId, newCSeq, newTag, tell } from "../state.ts";
import { carrierFlow, hostsOf } from "./carrier.ts";
import { answerChallenge, MAX_ANSWERS, trunkSecrets } from "./challenge.ts";
import { isDown } from "./health.ts";
import { watch } from "./keepalive.ts";
import { hopKey } from "./locate.ts";
import { sendRequest } from "./pbx.ts";
import { placeFor, secretOf, tokenOf } from "./registered-place.ts";
import type { OwnRequest, RegisteredPlace, Registration } from "./trunk-states.ts";

/** A registrar that takes longer is tried at its next host. */
const PATIENCE = 8_000;
/** RFC 5626 §4.5, in ms: the first wait after a failure, and the longest. */
const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 1_800_000;
/** While there are hosts that have not been tried yet. */
const NEXT_HOST_WAIT = 1_000;
/** Seconds: what a carrier may make of the expiry we asked for. */
const SHORTEST_EXPIRES = 20;
const LONGEST_EXPIRES = 86_400;

/** Sends one REGISTER; the wait in ms until the next is due if nothing answers. Undefined: the trunk does not register. */
export function registerWith(state: EdgeState, now: number, trunk: TrunkSettings): number | undefined {
  if (trunk.config.credentials === undefined || trunk.config.mode === "peer") return undefined;
  const entry = registrationOf(state, trunk);
  entry.challenges = 0;
  const hop = registrarOf(state, entry, trunk);
  const place = hop === undefined ? undefined : placeFor(state, state.settings, trunk, hop);
  if (place !== undefined && send(state, now, entry, place, registerRequest(entry, place))) return PATIENCE * 2;
  return refused(state, entry, trunk, "no-host");
}

/** A refresh goes to the host that has the registration, while no better one is there. */
function registrarOf(state: EdgeState, { place }: Registration, trunk: TrunkSettings): Hop | undefined {
  const hosts = hostsOf(state, trunk);
  const [best] = hosts;
  const last = place === undefined ? undefined : hopKey(place.candidate.hop);
  const same = hosts.find((hop) => hopKey(hop) === last && hop.priority === best?.priority);
  return same === undefined || isDown(state.trunks.healthOf(hopKey(same))) ? best : same;
}

/** A new password or user is worth a try at once: the old one's failures say nothing about it. */
function registrationOf(state: EdgeState, trunk: TrunkSettings): Registration {
  const { name } = trunk.config;
  const known = state.trunks.registrations.get(name);
  const secret = secretOf(state, trunk);
  if (known !== undefined) {
    if (known.secret !== secret) Object.assign(known, { secret, failures: 0, reason: undefined });
    return known;
  }
  const entry: Registration = {
    callId: newCallId(state),
    fromTag: newTag(state),
    cseq: newCSeq(state),
    token: tokenOf(state, trunk),
    secret,
    place: undefined,
    boundUntil: Number.NEGATIVE_INFINITY,
    notBefore: Number.NEGATIVE_INFINITY,
    state: "trying",
    expires: Math.round(trunk.config.registration.expiresMs / 1000),
    failures: 0,
    challenges: 0,
    reason: undefined,
  };
  state.trunks.registrations.set(name, entry);
  return entry;
}

function registerRequest(entry: Registration, { aor, contact, domain }: RegisteredPlace): OutRequest {
  entry.cseq += 1;
  const headers = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", tagged(aor, entry.fromTag)],
    ["To", `<${aor}>`],
    ["Call-ID", entry.callId],
    ["CSeq", `${entry.cseq} REGISTER`],
    ["Contact", `<${contact}>;expires=${entry.expires}`],
    ["Expires", String(entry.expires)],
  );
  return { method: "REGISTER", uri: sipUri({ host: domain }).raw, headers, body: noBody };
}

function send(
  state: EdgeState,
  now: number,
  entry: Registration,
  place: RegisteredPlace,
  request: OutRequest,
): boolean {
  const { candidate } = place;
  const flow = carrierFlow(state.settings, candidate);
  const id = flow === undefined ? undefined : sendRequest(state, now, request, flow);
  if (id === undefined) return false;
  entry.cseq = Number.parseInt(request.headers.get("CSeq") ?? "1", 10);
  entry.place = place;
  watch(state, now, id, PATIENCE, { kind: "register", candidate, sent: request });
  return true;
}

/** The wait in ms until the next REGISTER; undefined: the request was repeated with credentials and is on its way. */
export function registerAnswered(
  state: EdgeState,
  now: number,
  trunk: TrunkSettings,
  request: OwnRequest,
  response: Response,
): number | undefined {
  const entry = state.trunks.registrations.get(trunk.config.name);
  const place = entry?.place;
  if (entry === undefined || place === undefined) return undefined;
  const { status } = response;
  if (status < 300) return accepted(state, now, entry, trunk, response);
  if (
    (status === 401 || status === 407) &&
    entry.challenges < MAX_ANSWERS &&
    mayAnswer(state, trunk, entry, response)
  ) {
    entry.challenges += 1;
    const again = answerChallenge(state, trunk, request.sent, response);
    if (again !== undefined && send(state, now, entry, place, again)) return undefined;
  }
  if (status === 423) {
    const least = parseSeconds(response.headers.get("Min-Expires") ?? "");
    if (least !== undefined && least > entry.expires && least <= LONGEST_EXPIRES) {
      entry.expires = least;
      const headers = nextSequence(request.sent).set("Expires", String(least));
      const contact = headers.get("Contact") ?? "";
      headers.set("Contact", `${contact.slice(0, contact.lastIndexOf(";"))};expires=${least}`);
      if (send(state, now, entry, place, { ...request.sent, headers })) return undefined;
    }
  }
  const least = retryAfter(response);
  entry.notBefore = now + least;
  return Math.max(refused(state, entry, trunk, String(status)), least);
}

/** RFC 3261 §20.33: no sooner than the carrier asks, within what a registration may be away. */
function retryAfter(response: Response): number {
  const seconds = parseSeconds((response.headers.get("Retry-After") ?? "").split(";")[0] ?? "");
  return Math.min((seconds ?? 0) * 1000, LONGEST_WAIT);
}

/** The second challenge in a row is a wrong password, unless it says that only the nonce was old, or there is another password. */
function mayAnswer(state: EdgeState, trunk: TrunkSettings, entry: Registration, response: Response): boolean {
  if (entry.challenges === 0 || trunkSecrets(state, trunk).length > 1) return true;
  const values = [...response.headers.all("WWW-Authenticate"), ...response.headers.all("Proxy-Authenticate")];
  return values.some((value) => value.toLowerCase().includes("stale=true"));
}

function accepted(
  state: EdgeState,
  now: number,
  entry: Registration,
  trunk: TrunkSettings,
  response: Response,
): number {
  const expires = grantedExpires(entry, response);
  if (expires < SHORTEST_EXPIRES) return refused(state, entry, trunk, "not-bound");
  if (entry.state !== "registered") report(state, trunk, "registered", undefined);
  entry.state = "registered";
  entry.boundUntil = now + expires * 1000;
  entry.failures = 0;
  entry.reason = undefined;
  // Early enough for two more tries before it runs out.
  return Math.floor(Math.max(expires * 0.5, expires - 90) * 1000);
}

/** RFC 3261 §10.2.4: of our own Contact, else Expires, else what we asked for. */
function grantedExpires(entry: Registration, response: Response): number {
  const contacts = parseContacts(response.headers.all("Contact"));
  const own = (contacts === undefined || contacts === "*" ? [] : contacts).find(
    ({ uri }) => uri.kind === "sip" && uri.params.some((p) => p.name === "rf" && p.value === entry.token),
  );
  const text = own?.params.find((p) => p.name === "expires")?.value ?? response.headers.get("Expires");
  const granted = text === undefined ? entry.expires : (parseSeconds(text) ?? 0);
  return Math.min(granted, LONGEST_EXPIRES);
}

/** The wait before the next try: short while another host may do better, then longer each time, with jitter. */
export function refused(state: EdgeState, entry: Registration, trunk: TrunkSettings, reason: string): number {
  if (entry.state !== "failed" || entry.reason !== reason) report(state, trunk, "register-failed", reason);
  entry.state = "failed";
  entry.reason = reason;
  entry.failures += 1;
  const untried = reason === "silent" && entry.failures < trunk.hops.length;
  if (untried) return NEXT_HOST_WAIT;
  const wait = Math.min(FIRST_WAIT * 2 ** Math.min(entry.failures - 1, 10), LONGEST_WAIT);
  return Math.floor(wait * (0.5 + (state.random(1)[0] ?? 0) / 512));
}

function report(
  state: EdgeState,
  trunk: TrunkSettings,
  reason: "registered" | "register-failed",
  detail?: string,
): void {
  const { name } = trunk.config;
  count(state, { name: "trunk_registrations", trunk: name, result: reason === "registered" ? "registered" : "failed" });
  tell(state, { event: "trunk", level: reason === "registered" ? "info" : "warn", trunk: name, reason, detail });
}
