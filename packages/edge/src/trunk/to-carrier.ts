/** A call from the PBX as one host of one carrier gets it. */
import type { TrunkNumbers } from "@ringfence/policy";
import { formatUri, type Request, sipUri } from "@ringfence/sip";
import { dialledText } from "../dialled-text.ts";
import { userOf } from "../egress.ts";
import type { EdgeState } from "../state.ts";
import { signed } from "../stir/outbound.ts";
import { callerHeaders, callerOf, diversionHeaders } from "./caller-headers.ts";
import { type Candidate, candidatesFor, carrierFlow } from "./carrier.ts";
import { asJudged, calledByCarrier, carrierNumber, plainDigits } from "./numbers.ts";
import { ownUri } from "./pbx.ts";
import { portOf, type Route, type Routed } from "./route-shape.ts";

export function pbxToTrunk(state: EdgeState, request: Request): Routed {
  const called = userOf(request.requestUri);
  if (called === undefined || state.settings.policy.trunkFor(called) === undefined) {
    return { status: 404, phrase: "No trunk for this number" };
  }
  const dialled = dialledText(request.requestUri);
  const [first, ...rest] = candidatesFor(state, called, dialled, isEmergency(state, request));
  const routed = first === undefined ? undefined : toCarrier(state, request, first);
  if (routed === undefined) return { status: 503, phrase: "No host of this trunk can be reached" };
  return { ...routed, alternatives: rest };
}

export function toCarrier(state: EdgeState, request: Request, candidate: Candidate): Route | undefined {
  const flow = carrierFlow(state.settings, candidate);
  if (flow === undefined) return undefined;
  const { hop, trunk } = candidate;
  const rules = trunk.config.numbers;
  const host = flow.endpoint.advertised.address;
  const caller = callerOf(request, rules.callerId);
  const number = caller.user === undefined ? undefined : carrierNumber(rules, caller.user);
  const shown = caller.private ? undefined : number;
  const signature = signed(state, trunk, {
    caller: { ...caller, user: number },
    called: userOf(request.requestUri),
    forwarded: request.headers.has("Diversion"),
    emergency: isEmergency(state, request),
  });
  return {
    flow,
    requestUri: targetUri(rules, calledAs(state, request, rules), hop),
    from: {
      // RFC 3323 §4.1.1.3: nobody's address.
      uri: shown === undefined ? "sip:anonymous@anonymous.invalid" : phoneUri(rules, shown, { host }),
      displayName: caller.private ? "Anonymous" : caller.displayName,
    },
    to: targetUri(rules, calledAs(state, request, rules), hop),
    contact: ownUri(flow.endpoint, contactUser(trunk) ?? shown).raw,
    credentials: undefined,
    binding: undefined,
    caller: undefined,
    trunk: trunk.config.name,
    candidate,
    asserted: caller.user,
    attest: signature?.attest,
    headers: [
      ...callerHeaders({ ...caller, user: number }, rules.callerId, host),
      ...(signature?.headers ?? []),
      ...(rules.diversion ? diversionHeaders(request, host, (user) => carrierNumber(rules, user)) : []),
    ],
  };
}

/** Threat L15: an emergency number is dialled as it is, whatever the carrier wants of others. */
function calledAs(state: EdgeState, request: Request, rules: TrunkNumbers): string | undefined {
  const dialled = userOf(request.requestUri);
  if (dialled === undefined) return undefined;
  const number = asJudged(dialled);
  return isEmergency(state, request) ? number : calledByCarrier(rules, number);
}

/** By the Request-URI alone. */
export function isEmergency(state: EdgeState, { requestUri }: Request): boolean {
  const scheme = requestUri.kind === "tel" ? "tel" : requestUri.scheme;
  return state.settings.policy.isEmergency({ scheme, user: userOf(requestUri), raw: requestUri.raw });
}

function targetUri(rules: TrunkNumbers, called: string | undefined, hop: Candidate["hop"]): string {
  const digits = called === undefined ? undefined : plainDigits(called);
  if (rules.scheme === "tel" && digits !== undefined) {
    // RFC 3966 §5.1.4: a number without plus means something only in a context.
    if (digits.startsWith("+")) return `tel:${digits}`;
    if (rules.countryCode !== "") return `tel:${digits};phone-context=+${rules.countryCode}`;
  }
  return phoneUri(rules, called, { host: hop.host, ...portOf(hop) });
}

function phoneUri(rules: TrunkNumbers, user: string | undefined, place: { host: string; port?: number }): string {
  const isNumber = user !== undefined && plainDigits(user) !== undefined;
  const params = rules.userPhone && isNumber ? [{ name: "user", value: "phone" }] : [];
  return formatUri(sipUri({ ...(user === undefined ? {} : { user }), ...place, params }));
}

/** A carrier that knows us by an account looks for it in Contact. */
function contactUser({ config }: Candidate["trunk"]): string | undefined {
  return config.credentials?.user.split("@")[0];
}
