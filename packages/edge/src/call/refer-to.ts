/** Refer-To (RFC 3515 §2.1) taken apart and written anew: a user at a domain we serve, and a call of ours to replace. */
import { formatUri, parseNameAddr, type Request, type SipUri, sipUri, unescapeUser } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { mainDomain, servedDomain } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import type { Leg } from "./call.ts";
import { formatReplaces, ownCall, parseReplaces } from "./dialog-name.ts";

interface Refused {
  readonly status: number;
  readonly phrase: string;
}

/** E.164 has 15 digits; names and service codes need some more. */
const MAX_USER = 128;

/** The value for the other side. Nothing is sent anywhere that a phone named: the PBX gets a user at its own domain. */
export function rebuiltReferTo(
  state: EdgeState,
  request: Request,
  flow: Flow,
  far: Leg,
): { readonly value: string } | Refused {
  const [value, ...more] = request.headers.all("Refer-To");
  const target = value === undefined || more.length > 0 ? undefined : parseNameAddr(value)?.uri;
  if (target === undefined) return { status: 400, phrase: "Refer-To missing or unreadable" };
  if (target.kind === "other") return { status: 400, phrase: "Refer-To is no SIP or tel URI" };
  const user = target.kind === "tel" ? target.number : target.user;
  if (user === undefined || user === "" || user.length > MAX_USER) {
    return { status: 400, phrase: "Refer-To names nobody" };
  }
  if (target.kind === "tel") return { value: `<${formatUri(sipUri({ user, host: domainFor(state, far) }))}>` };
  if (flow.side === "phone" && servedDomain(state.settings, target.host) === undefined) {
    return { status: 403, phrase: "Refer-To is not served here" };
  }
  const method = target.params.find((p) => p.name === "method")?.value;
  if (method !== undefined && method !== "INVITE") return { status: 403, phrase: "Only calls can be transferred" };
  const uri = formatUri(sipUri({ user, host: domainFor(state, far) }));
  const replaces = replacesIn(target);
  if (replaces === undefined) return { value: `<${uri}>` };
  const name = parseReplaces(replaces);
  const named = name === undefined ? undefined : ownCall(state, flow, name);
  // Not 481: in a dialog that would end the call itself (RFC 5057 §5.1).
  if (named === undefined) return { status: 400, phrase: "Replaces names no call here" };
  return { value: `<${uri}?Replaces=${encodeURIComponent(formatReplaces(named.name))}>` };
}

/** RFC 3892: who transfers, as the PBX names that user, at the domain that the phone knows. Undefined: nobody is named. */
export function rebuiltReferredBy(state: EdgeState, request: Request, far: Leg): string | undefined {
  const [value, ...more] = request.headers.all("Referred-By");
  const by = value === undefined || more.length > 0 ? undefined : parseNameAddr(value)?.uri;
  const user = by?.kind === "sip" ? by.user : undefined;
  if (user === undefined || user === "" || user.length > MAX_USER) return undefined;
  return `<${formatUri(sipUri({ user, host: domainFor(state, far) }))}>`;
}

/** Headers in the URI (RFC 3261 §19.1.1): Replaces is looked at, no other one crosses. */
function replacesIn(uri: SipUri): string | undefined {
  for (const header of (uri.headers ?? "").split("&")) {
    const equals = header.indexOf("=");
    if (equals > 0 && header.slice(0, equals).toLowerCase() === "replaces")
      return unescapeUser(header.slice(equals + 1));
  }
  return undefined;
}

/** The domain as the party on this leg writes it: what its own address of record in the dialog has. */
function domainFor(state: EdgeState, leg: Leg): string {
  const local = parseNameAddr(leg.dialog?.localUri ?? "")?.uri;
  return local?.kind === "sip" ? local.host : mainDomain(state.settings);
}
