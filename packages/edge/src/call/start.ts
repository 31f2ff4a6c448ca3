/** A new call: two legs are laid out, the SDP goes to the media relay, then the INVITE goes out on the other side. */
import { uasDialog } from "@ringfence/sip";
import { firstDecision } from "../decisions/admitted.ts";
import { respond, userOf } from "../egress.ts";
import { judgeSuspicions } from "../fraud/fraud.ts";
import { launchAsked } from "../fraud/service.ts";
import { watchBegin } from "../fraud/watch.ts";
import { ownText } from "../own-text.ts";
import { askedBy, noteRefusal } from "../refusal.ts";
import { beginningOf } from "../reload/beginning.ts";
import type { Served } from "../served.ts";
import { count, type EdgeState, hex, nameLeg, newTag } from "../state.ts";
import { checkIdentity, verifyingTrunk } from "../stir/inbound.ts";
import { withoutParameters } from "../trunk/numbers.ts";
import { ownUri } from "../trunk/pbx.ts";
import { type Route, route } from "../trunk/route.ts";
import { signedBy } from "../trunk/route-shape.ts";
import { beginUse } from "../use/charge.ts";
import { newAttempt } from "./attempt.ts";
import { type Call, type Leg, newExchange } from "./call.ts";
import { logStarted, mayBeAsked } from "./call-log.ts";
import { farLeg } from "./first-invite.ts";
import { phoneDialog } from "./leg-flow.ts";
import { legMedia } from "./leg-media.ts";
import { newPeerMethods, noteMethods } from "./peer-methods.ts";
import { referenceHeaders } from "./references.ts";
import { exchangeOf } from "./send-invite.ts";
import { judgeSession, newLegTimer } from "./session.ts";

export function startCall(state: EdgeState, now: number, served: Served): void {
  const { request, flow } = served;
  // RFC 3261 §17.2.1: at once, so that the phone stops repeating the INVITE.
  respond(state, now, served, { status: 100 });
  if (uasDialog(request, "") === undefined) {
    // RFC 3261 §8.1.1.8: without a Contact nothing could ever be sent back in the dialog.
    return notPlaced(state, now, served, { status: 400, phrase: "Contact missing or unusable" });
  }
  const session = judgeSession(state.settings, { flow, trunk: flow.trunk }, request);
  if (session !== undefined && "status" in session) return respond(state, now, served, session);
  const routed = route(state, request, flow);
  if ("status" in routed) return notPlaced(state, now, served, routed);
  const references = referenceHeaders(state, request, flow, routed);
  if ("status" in references) return notPlaced(state, now, served, references);
  state.attempts.record(flow.trunk ?? routed.trunk, flow.side === "trunk" ? "in" : "out");
  const call = layOut(state, now, served, routed);
  exchangeOf(call).session = session;
  noteMethods(call.a, request);
  state.calls.add(call);
  nameLeg(state, call, call.a.callId);
  nameLeg(state, call, call.b.callId);
  state.calls.bindTransaction(served.serverTx, call);
  beginUse(state, now, call);
  count(state, { name: "calls_started", side: flow.side });
  if (!mayBeAsked(call)) logStarted(state, call);
  watchBegin(state, now, call);
  judgeSuspicions(state, now);
  if (call.state === "over") return;
  const trunk = verifyingTrunk(state, flow);
  if (trunk === undefined) launchAsked(state, now, call, { routed, references });
  else checkIdentity(state, now, call, request, { trunk, routed, references });
}

/** Somebody wanted a call and there is none, by no rule: said like a refusal, so that the records have it. */
function notPlaced(
  state: EdgeState,
  now: number,
  served: Served,
  { status, phrase }: { readonly status: number; readonly phrase: string },
): void {
  const { request, flow } = served;
  const why = { by: "answer", level: "info", reason: phrase, status } as const;
  const noted = noteRefusal(state, now, flow, askedBy(request), why);
  respond(state, now, served, { status, phrase, ...noted });
}

function layOut(state: EdgeState, now: number, served: Served, routed: Route): Call {
  const { request, flow } = served;
  const { settings } = state;
  const { policy } = settings;
  const target = request.requestUri;
  const scheme = target.kind === "sip" || target.kind === "other" ? target.scheme : "tel";
  const called = userOf(target);
  const shown = userOf(request.from.uri);
  const tag = newTag(state);
  const trunk = flow.side === "trunk" ? flow.trunk : undefined;
  const a: Leg = {
    name: "a",
    flow,
    callId: ownText(request.callId),
    localTag: tag,
    contact: ownText(`<${ownUri(flow.endpoint, called).raw}>`),
    media: legMedia(settings, flow, trunk),
    binding: routed.caller?.token,
    account: routed.caller?.user,
    trunk,
    user: routed.caller?.user ?? ownText(shown) ?? "anonymous",
    dialog: phoneDialog(uasDialog(request, tag), flow),
    timer: newLegTimer(),
    takes: newPeerMethods(),
  };
  const b = farLeg(state, flow, request, routed);
  return {
    id: hex(state.random(8)),
    a,
    b,
    state: "setup",
    identity: signedBy(routed),
    asserted: assertedBy(routed, shown),
    first: firstDecision(state, request),
    decision: undefined,
    logged: false,
    emergency: policy.isEmergency({ scheme, user: called, raw: target.raw }),
    begun: beginningOf(state, now, flow, request),
    startedAt: now,
    answeredAt: undefined,
    ringingAt: undefined,
    exchange: newExchange("a", true, served),
    step: undefined,
    deferred: [],
    attempt: routed.candidate && newAttempt(routed.candidate, routed.alternatives ?? []),
    media: false,
    turn: 0,
    negotiation: undefined,
    described: {},
    press: { a: false, b: false },
    offering: undefined,
    referrals: [],
    noAnswer: undefined,
    duration: undefined,
  };
}

function assertedBy({ asserted }: Route, shown: string | undefined): string | undefined {
  return shown !== undefined && asserted === withoutParameters(shown) ? undefined : asserted;
}
