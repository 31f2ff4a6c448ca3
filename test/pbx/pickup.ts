import type { Call } from "./call.ts";
import { CallMedia } from "./call-media.ts";
import type { Caller } from "./caller.ts";
import type { Core } from "./core.ts";
import { Leg, sdpType } from "./leg.ts";
import { type Replaced, readReplaces } from "./refer.ts";
import { parseSdp } from "./sdp.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { tagOf, withoutTag } from "./sip-address.ts";
import { cseqOf, header } from "./sip-message.ts";
import { reinviteAlone } from "./solo-reinvite.ts";

/** INVITE with Replaces (RFC 3891): its sender takes the place of one party of a call, ringing (pickup) or answered. True: dealt with. */
export function onReplaces(core: Core, tx: ServerTransaction, caller: Caller): boolean {
  const value = header(tx.request, "replaces");
  if (value === undefined || !core.knobs.replaces) return false;
  const replaced = readReplaces(value);
  const leg = replaced && legOf(core, replaced);
  if (leg === undefined || leg.call.state === "ended" || leg.call.transfer) tx.respond(481);
  else if (tx.request.body.length === 0) tx.respond(488);
  else if (leg.call.state === "answered") takeOver(leg, tx, caller);
  else pickUp(leg, tx, caller);
  return true;
}

function legOf(core: Core, { callId, toTag, fromTag }: Replaced): Leg | undefined {
  const leg = core.legs.get(`${callId} ${toTag}`);
  return leg?.remoteTag === fromTag && !leg.detached ? leg : undefined;
}

function newLeg(call: Call, tx: ServerTransaction, caller: Caller): Leg {
  const { request, flow } = tx;
  const leg = new Leg(call.core, {
    call,
    side: "b",
    flow,
    localUri: header(request, "to") ?? "",
    remoteUri: withoutTag(header(request, "from") ?? ""),
    target: request.uri,
    contactUser: call.called,
    extension: caller.kind === "user" ? caller.account.user : undefined,
    callId: header(request, "call-id") ?? "",
    localTag: tx.localTag,
    remoteTag: tagOf(header(request, "from")) ?? "",
    remoteSeq: cseqOf(request).number,
  });
  leg.retarget(request);
  return leg;
}

function accept(leg: Leg, tx: ServerTransaction, sdp: Buffer): void {
  leg.unacked.set(cseqOf(tx.request).number, tx);
  tx.onNoAck = () => leg.call.hangUp("pbx");
  tx.respond(200, { headers: [["Contact", leg.contact], sdpType], body: sdp });
}

/** Of the caller's formats those that the new party named too. */
const formatsOf = (body: Buffer): readonly string[] => parseSdp(body)?.flatMap((line) => line.formats) ?? [];

/** RFC 3891 §3 has it for dialogs that the PBX began itself: the caller gets the new party, and the phones stop ringing. */
function pickUp(ringing: Leg, tx: ServerTransaction, caller: Caller): void {
  const { call } = ringing;
  const offer = call.tx.request.body;
  if (ringing.side !== "b" || offer.length === 0) {
    tx.respond(481);
    return;
  }
  const toNew = call.media.translate("a", "offer", offer, formatsOf(tx.request.body));
  const toCaller = toNew.ok ? call.media.translate("b", "answer", tx.request.body) : toNew;
  if (!toNew.ok || !toCaller.ok) {
    tx.respond(488);
    return;
  }
  call.b = newLeg(call, tx, caller);
  for (const branch of call.branches) branch.cancel();
  accept(call.b, tx, toNew.sdp);
  call.answer(toCaller.sdp);
}

function takeOver(leaving: Leg, tx: ServerTransaction, caller: Caller): void {
  const { call } = leaving;
  const stays = call.leg(leaving.side === "a" ? "b" : "a");
  if (stays === undefined) {
    tx.respond(481);
    return;
  }
  const media = new CallMedia(call.core.knobs, call.core.ports);
  const toNew = media.takeOver(call.media, stays.side, undefined, formatsOf(tx.request.body));
  const toStay = toNew.ok ? media.translate("b", "answer", tx.request.body) : toNew;
  if (!toNew.ok || !toStay.ok) {
    media.close();
    tx.respond(488);
    return;
  }
  reinviteAlone(stays, toStay.sdp, (answer) => {
    if (answer === undefined || call.state === "ended" || !media.translate("a", "answer", answer).ok) {
      media.close();
      tx.respond(480);
      return;
    }
    const arriving = newLeg(call, tx, caller);
    call.become(stays, arriving, media);
    leaving.detached = true;
    leaving.bye();
    leaving.forget();
    accept(arriving, tx, toNew.sdp);
  });
}
