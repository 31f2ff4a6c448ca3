/** The second leg of a new call and its first INVITE. */
import { HeaderList, type OutRequest, type Request } from "@ringfence/sip";
import { userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { ownText } from "../own-text.ts";
import { type EdgeState, newCallId, newCSeq, newTag } from "../state.ts";
import { privacyHeaders } from "../trunk/caller-headers.ts";
import type { Route } from "../trunk/route-shape.ts";
import type { Call, Leg } from "./call.ts";
import { allowHeader, type HeaderPair, tagged } from "./headers.ts";
import { legMedia } from "./leg-media.ts";
import { newPeerMethods } from "./peer-methods.ts";
import { reliabilityHeaders } from "./reliable.ts";
import { askHeaders, newLegTimer } from "./session.ts";

/** Hops left when a phone did not say (RFC 3261 §8.1.1.6). */
const DEFAULT_MAX_FORWARDS = 70;

/** @param flow of the caller: a trunk on that side is the call's, not this leg's */
export function farLeg(state: EdgeState, flow: Flow, request: Request, routed: Route): Leg {
  const media = legMedia(state.settings, routed.flow, routed.flow.side === "trunk" ? routed.trunk : undefined);
  return {
    name: "b",
    flow: routed.flow,
    callId: newCallId(state),
    localTag: newTag(state),
    contact: ownText(`<${routed.contact}>`),
    media: { ...media, ice: routed.binding?.ice },
    binding: routed.binding?.token,
    account: routed.binding?.user,
    trunk: flow.side === "trunk" ? undefined : routed.trunk,
    user: ownText(userOf(request.requestUri)) ?? "",
    dialog: undefined,
    timer: newLegTimer(),
    takes: newPeerMethods(),
  };
}

/** Everything of the new INVITE is written here; of the old one only the user parts and the digest got so far. */
export function firstInvite(
  state: EdgeState,
  call: Call,
  request: Request,
  routed: Route,
  references: readonly HeaderPair[],
): OutRequest {
  const { b } = call;
  return {
    method: "INVITE",
    uri: routed.requestUri,
    headers: HeaderList.of(
      ["Max-Forwards", String((request.maxForwards ?? DEFAULT_MAX_FORWARDS) - 1)],
      ["From", tagged(routed.from.uri, b.localTag, routed.from.displayName)],
      ["To", `<${routed.to}>`],
      ["Call-ID", b.callId],
      ["CSeq", `${newCSeq(state)} INVITE`],
      ["Contact", b.contact],
      ["Allow", allowHeader(state.settings, b.flow)],
      ...reliabilityHeaders(request.headers),
      ...askHeaders(state.settings, b),
      ...references,
      ...(routed.credentials?.headers ?? []),
      ...(routed.headers ?? []),
      ...(call.a.flow.side === "phone" ? privacyHeaders(request) : []),
    ),
    body: new Uint8Array(0),
  };
}
