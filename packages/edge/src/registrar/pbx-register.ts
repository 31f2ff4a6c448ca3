/** The REGISTER that the PBX sees: our Contact with the binding's token, our Call-ID, nothing that the phone wrote. */
import { formatNameAddr, HeaderList, type OutRequest, sipUri } from "@ringfence/sip";
import { type EdgeState, keyed } from "../state.ts";
import { coreContactUri } from "../trunk/pbx.ts";
import { type RelayedCredentials, requestUriAtDomain } from "./credentials.ts";

/** An account's contacts as the PBX shall know them; `expires` 0 takes one away, "*" all. */
export interface Registering {
  readonly aor: string;
  readonly user: string;
  readonly domain: string;
  readonly contacts: readonly Registered[] | "*";
}

interface Registered {
  readonly token: string;
  readonly expires: number;
  /** The phone does outbound, and so may the PBX (`pbx.path`). */
  readonly regId?: number | undefined;
  /** Only one of the phone's flows ends: the PBX, which knows one Contact for all, keeps it. */
  readonly oneFlow?: boolean;
}

export const noCredentials: RelayedCredentials = { headers: [], usernames: [], uris: [], nonces: [] };

/** With `relay`, the phone's own Call-ID and sequence, shifted: they must stay the same and rise, and not be the phone's. */
export function relayedRegister(
  state: EdgeState,
  of: Registering,
  phone: { readonly callId: string; readonly cseq: number },
  credentials: RelayedCredentials,
): OutRequest {
  const callId = keyed(state, 32, "register", of.aor, phone.callId);
  const cseq = (phone.cseq % 2 ** 30) + Number.parseInt(callId.slice(0, 4), 16);
  return build(state, of, callId, cseq, credentials);
}

/** With `edge`, one sequence for all that we register ourselves: it rises whoever asks for it, phone or timer. */
export function ownRegister(state: EdgeState, of: Registering): OutRequest {
  const { own } = state.registrar;
  const callId = keyed(state, 32, "own-register", of.aor, own.process);
  return build(state, of, callId, own.nextSequence(), noCredentials);
}

/** The same request once more, with the answer to the PBX's challenge (RFC 3261 §22.2). */
export function repeated(state: EdgeState, sent: OutRequest, credentials: readonly [string, string]): OutRequest {
  const headers = sent.headers.clone().set("CSeq", `${state.registrar.own.nextSequence()} REGISTER`);
  return { ...sent, headers: headers.set(...credentials) };
}

/** Whether it already carries an answer: one that was refused over a nonce just given is wrong, not stale. */
export function carriesCredentials({ headers }: OutRequest): boolean {
  return headers.has("Authorization") || headers.has("Proxy-Authorization");
}

function build(
  state: EdgeState,
  of: Registering,
  callId: string,
  cseq: number,
  credentials: RelayedCredentials,
): OutRequest {
  const aor = `<${sipUri({ user: of.user, host: of.domain }).raw}>`;
  const headers = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", `${aor};tag=${keyed(state, 16, "from", of.aor, callId)}`],
    ["To", aor],
    ["Call-ID", callId],
    ["CSeq", `${cseq} REGISTER`],
    ...contactHeaders(state, of),
    ...pathHeaders(state, of),
    ...credentials.headers,
  );
  return {
    method: "REGISTER",
    uri: requestUriAtDomain(undefined, of.domain, credentials),
    headers,
    body: new Uint8Array(0),
  };
}

function contactHeaders(state: EdgeState, of: Registering): readonly (readonly [string, string])[] {
  if (of.contacts === "*") {
    return [
      ["Contact", "*"],
      ["Expires", "0"],
    ];
  }
  // The PBX is asked for its own, longer time: what the phone must do is between the phone and us.
  const seconds = Math.round(state.settings.config.phones.registration.pbxExpiresMs / 1000);
  const expires = of.contacts.map((contact) => (contact.expires === 0 && !contact.oneFlow ? 0 : seconds));
  const headers: (readonly [string, string])[] = of.contacts.map((contact, place) => [
    "Contact",
    formatNameAddr({
      uri: coreContactUri(state, of.user, contact.token),
      params: [{ name: "expires", value: String(expires[place]) }, ...outboundParams(state, contact)],
    }),
  ]);
  if (headers.length > 0) headers.push(["Expires", String(Math.max(...expires))]);
  return headers;
}

/**
 * For a PBX that knows RFC 3327 and 5626 (`pbx.path`): the way to the phone is the flow we hold, so Path names us with
 * `ob` (§5.1), and the Contact stays ours. miniSipServer knows neither (pbx.md finding 5) and is told nothing.
 */
function pathHeaders(state: EdgeState, { user, contacts }: Registering): readonly (readonly [string, string])[] {
  const [first] = contacts === "*" ? [] : contacts;
  if (!state.settings.config.pbx.path || first === undefined) return [];
  const uri = coreContactUri(state, user, first.token);
  return [
    ["Supported", first.regId === undefined ? "path" : "path, outbound"],
    ["Path", `<${uri};lr${first.regId === undefined ? "" : ";ob"}>`],
  ];
}

/** One flow leads from the PBX to us, however many a phone has: its number is 1. The instance is a name of ours. */
function outboundParams(state: EdgeState, { token, regId }: Registered) {
  if (!state.settings.config.pbx.path || regId === undefined) return [];
  const digits = keyed(state, 32, "instance", token);
  const uuid = [0, 8, 12, 16, 20].map((from, i, all) => digits.slice(from, all[i + 1])).join("-");
  return [
    { name: "+sip.instance", value: `"<urn:uuid:${uuid}>"` },
    { name: "reg-id", value: "1" },
  ];
}
