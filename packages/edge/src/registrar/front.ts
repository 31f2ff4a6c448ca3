/**
 * REGISTER in front of a PBX that keeps no Path and no outbound (RFC 3327 and 5626 are unknown to it): the Contact is
 * ours, the phone's own stays here, and the PBX alone decides about the password (`authentication: relay`).
 */
import { type NameAddr, parseContacts, type Request, type Uri } from "@ringfence/sip";
import { respond, userOf } from "../egress.ts";
import type { RegisterStep, WantedContact } from "../local/relay.ts";
import type { Served } from "../served.ts";
import { mainDomain } from "../settings.ts";
import { count, type EdgeState, keyed } from "../state.ts";
import { sendToPbx } from "../trunk/pbx.ts";
import { MAX_BINDINGS } from "./binding.ts";
import { credentialsFit, relayedCredentials } from "./credentials.ts";
import { registerHere } from "./edge-front.ts";
import { crossingCredentials } from "./guessing.ts";
import { type AddressOfRecord, addressOfRecord } from "./identity.ts";
import { endsOneFlow, regIdOf } from "./outbound.ts";
import { relayedRegister } from "./pbx-register.ts";
import { parseSeconds } from "./seconds.ts";
import { type AccountRefusal, logUnwelcome } from "./unwelcome.ts";

/** RFC 3261 §10.2: the registrar's default when neither Contact nor Expires says anything. */
const DEFAULT_EXPIRES = 3600;

interface Refusal {
  readonly status: number;
  readonly phrase: string;
  readonly reason: AccountRefusal;
}

export function register(state: EdgeState, now: number, served: Served): void {
  const { request, flow } = served;
  const step = readRegistration(state, request);
  if ("status" in step) {
    count(state, { name: "registrations", result: "refused" });
    const account = userOf(request.to.uri) ?? "";
    const noted = logUnwelcome(state, now, flow, request, { reason: step.reason, account, status: step.status });
    return respond(state, now, served, { ...step, ...noted });
  }
  if (!credentialsFit(relayedCredentials(request), step.user)) {
    // Registration hijack: one's own password for somebody else's address of record.
    count(state, { name: "registrations", result: "refused" });
    const why = { reason: "foreign-credentials", account: step.user, status: 403 } as const;
    respond(state, now, served, { status: 403, ...logUnwelcome(state, now, flow, request, why) });
    return;
  }
  if (state.settings.accounts !== undefined) return registerHere(state, now, served, step);
  const credentials = crossingCredentials(state, flow, step.user, request);
  const out = relayedRegister(state, step, { callId: request.callId, cseq: request.cseq.number }, credentials);
  const sent = sendToPbx(state, now, "core-phones", out);
  if (sent === undefined) {
    respond(state, now, served, { status: 503, headers: [["Retry-After", "5"]] });
    return;
  }
  state.relays.add(now, sent, { ...served, step });
}

/** What the request asks for, or why it is refused before the PBX hears of it. */
function readRegistration(state: EdgeState, request: Request): RegisterStep | Refusal {
  const served = addressOfRecord(state.settings, request.to.uri);
  const aor = served ?? elsewhere(state, request.to.uri);
  const from = addressOfRecord(state.settings, request.from.uri) ?? elsewhere(state, request.from.uri);
  if (aor === undefined) return { status: 403, phrase: "Forbidden", reason: "foreign-account" };
  // RFC 3261 §10.2 allows third parties; an edge does not: From and To must be the same account.
  if (from?.user !== aor.user || from.domain !== aor.domain) {
    return { status: 403, phrase: "Forbidden", reason: "foreign-account" };
  }
  const contacts = parseContacts(request.headers.all("Contact"));
  if (contacts === undefined) return unusable("Contact cannot be read");
  const header = request.headers.get("Expires");
  const expires = header === undefined ? DEFAULT_EXPIRES : parseSeconds(header);
  // RFC 3261 §10.3 step 6: "*" stands alone and only with Expires: 0.
  if (contacts === "*") {
    if (expires !== 0) return unusable("Contact: * needs Expires: 0");
    return served === undefined ? denied(state, aor, notServed) : step(aor, "*");
  }
  const read = readContacts(state, aor, request, contacts, expires ?? DEFAULT_EXPIRES);
  return served === undefined && !("status" in read) ? denied(state, aor, notServed) : read;
}

const notServed: Refusal = { status: 403, phrase: "Domain not served here", reason: "domain-not-registered" };

function unusable(phrase: string): Refusal {
  return { status: 400, phrase, reason: "contact-unusable" };
}

/** A domain of somebody else: the PBX is asked about the same user of its own, and the answer is no. */
function elsewhere({ settings }: EdgeState, uri: Uri): AddressOfRecord | undefined {
  if (uri.kind !== "sip" || uri.user === undefined || uri.user === "") return undefined;
  return { user: uri.user, domain: mainDomain(settings), shownDomain: uri.host };
}

/** With `authentication: edge` the password was right before this; else only the PBX knows, and a stranger learns nothing. */
function denied(state: EdgeState, aor: AddressOfRecord, refusal: Refusal): RegisterStep | Refusal {
  return state.settings.accounts === undefined ? { ...step(aor, []), denied: refusal } : refusal;
}

function readContacts(
  state: EdgeState,
  aor: AddressOfRecord,
  request: Request,
  contacts: readonly NameAddr[],
  defaultExpires: number,
): RegisterStep | Refusal {
  const limit = state.settings.config.phones.registration.maxContacts;
  const wanted: WantedContact[] = [];
  for (const [place, contact] of contacts.entries()) {
    if (contact.uri.kind !== "sip") return unusable("Contact must be a SIP URI");
    const param = contact.params.find((p) => p.name === "expires")?.value;
    const expires = param === undefined ? defaultExpires : (parseSeconds(param) ?? defaultExpires);
    const uri = contact.uri.raw;
    const regId = regIdOf(request, contact);
    const instance = contact.params.find((p) => p.name === "+sip.instance")?.value;
    const known = regId === undefined ? tokenOf(state, aor, uri, wanted) : undefined;
    const token = known ?? keyed(state, 16, "contact", aorText(aor), instance ?? `${request.callId} ${place}`);
    const oneFlow = endsOneFlow(state.bindings.get(token), state.now, { expires, regId });
    const ice = contact.params.some((p) => p.name === "+sip.ice");
    wanted.push({ token, uri, expires, regId, ice, oneFlow });
  }
  const known = state.bindings.ofAor(aorText(aor)).map((b) => b.token);
  const after = new Set([...known, ...wanted.filter((c) => c.expires > 0).map((c) => c.token)]);
  const grows = after.size > known.length;
  if (grows && after.size > limit) {
    return denied(state, aor, { status: 403, phrase: `More than ${limit} contacts`, reason: "too-many-contacts" });
  }
  if (grows && state.bindings.size >= MAX_BINDINGS) {
    return { status: 503, phrase: "Registrar full", reason: "registrar-full" };
  }
  return step(aor, wanted);
}

/**
 * RFC 3261 §10.3: account and contact URI name a binding, whoever asked for it first: one that is there, one that the PBX is
 * being asked for, or one of this very request. With outbound it is the instance (RFC 5626 §6), wherever it says that it is.
 * What nobody knows yet is named by its instance or, without one, by the Call-ID that a phone keeps for its registrations
 * (RFC 3261 §10.2.4): so a phone that lost its connection, and its port with it, is the same Contact to the PBX.
 */
function tokenOf(
  state: EdgeState,
  aor: AddressOfRecord,
  uri: string,
  wanted: readonly WantedContact[],
): string | undefined {
  const there = state.bindings.ofAor(aorText(aor)).find((b) => b.contactUri === uri)?.token;
  return there ?? state.relays.tokenAskedFor(aorText(aor), uri) ?? wanted.find((c) => c.uri === uri)?.token;
}

function aorText(aor: AddressOfRecord): string {
  return `${aor.user}@${aor.domain}`;
}

function step(aor: AddressOfRecord, contacts: RegisterStep["contacts"]): RegisterStep {
  return { kind: "register", aor: aorText(aor), ...aor, contacts };
}
