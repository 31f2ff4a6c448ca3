/** REFER in a call (RFC 3515, 5589): the PBX carries out the transfer, and its NOTIFYs come back in the same dialog. */
import { type Dialog, type OutRequest, type Request, requestInDialog, sipUri } from "@ringfence/sip";
import { respond } from "../egress.ts";
import type { Served } from "../served.ts";
import { mainDomain } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { cross } from "./crossing.ts";
import { rebuiltReferredBy, rebuiltReferTo } from "./refer-to.ts";
import { isProvisional, readStatusLine, readSubscriptionState } from "./sipfrag.ts";

/** Which REFER a notification is about: its number in either dialog (RFC 3515 §2.4.6). */
export interface Referral {
  readonly from: Leg["name"];
  readonly nearSeq: number;
  farSeq: number;
  /** The dialog that a REFER outside the call made: its notifications go there. */
  readonly aside: Aside | undefined;
}

interface Aside {
  dialog: Dialog;
}

/** Transfers of one call that are under way at one time. */
const MAX_REFERRALS = 8;

export function onRefer(state: EdgeState, now: number, call: Call, leg: Leg, served: Served, aside?: Aside): void {
  const { request, flow } = served;
  const far = leg === call.a ? call.b : call.a;
  // A carrier transfers nobody, and is not asked to: a call it started would be on our bill.
  if (far.flow.side === "trunk" || leg.flow.side === "trunk") return respond(state, now, served, { status: 405 });
  if (far.dialog === undefined) return respond(state, now, served, { status: 481 });
  const referTo = rebuiltReferTo(state, request, flow, far);
  if ("status" in referTo) return respond(state, now, served, referTo);
  if (call.referrals.length >= MAX_REFERRALS) call.referrals.shift();
  const { dialog, request: out } = requestInDialog(far.dialog, "REFER");
  far.dialog = dialog;
  call.referrals.push({ from: leg.name, nearSeq: request.cseq.number, farSeq: dialog.localSeq, aside });
  out.headers.set("Contact", far.contact).set("Refer-To", referTo.value);
  // RFC 3892: who transfers, as the account of the flow; what the phone wrote there is a claim.
  const by =
    leg.account === undefined
      ? rebuiltReferredBy(state, request, far)
      : `<${sipUri({ user: leg.account, host: mainDomain(state.settings) }).raw}>`;
  if (by !== undefined) out.headers.set("Referred-By", by);
  cross(state, now, call, { from: leg.name, ...served, out, sdp: "none" });
}

/** The REFER went out again, with an answer to the PBX's challenge: its notifications name the new number. */
export function renumberReferral(
  call: Call | undefined,
  from: Leg["name"],
  { method, cseq }: Request,
  again: OutRequest,
): void {
  if (method !== "REFER") return;
  const referral = call?.referrals.find((r) => r.from === from && r.nearSeq === cseq.number);
  if (referral !== undefined) referral.farSeq = Number.parseInt(again.headers.get("CSeq") ?? "0", 10);
}

/** NOTIFY of a transfer: its state and the first line of its fragment, written anew. */
export function onReferNotify(state: EdgeState, now: number, call: Call, leg: Leg, served: Served): void {
  const { request } = served;
  const far = leg === call.a ? call.b : call.a;
  const [event = "", ...params] = (request.headers.get("Event") ?? "").split(";").map((part) => part.trim());
  if (event.toLowerCase() !== "refer") return respond(state, now, served, { status: 489 });
  const number = params.find((param) => param.startsWith("id="))?.slice("id=".length);
  const about = call.referrals.filter((r) => r.from === far.name);
  const referral = number === undefined ? about.at(-1) : about.find((r) => String(r.farSeq) === number);
  const standing = readSubscriptionState(request.headers.get("Subscription-State") ?? "");
  // RFC 6665 §4.1.3: a notification that nobody asked for.
  if (referral === undefined || far.dialog === undefined) return respond(state, now, served, { status: 481 });
  const status = readStatusLine(request);
  if (standing === undefined || status === undefined) return respond(state, now, served, { status: 400 });
  const holder: { dialog: Dialog | undefined } = referral.aside ?? far;
  const { dialog, request: out } = requestInDialog(referral.aside?.dialog ?? far.dialog, "NOTIFY");
  holder.dialog = dialog;
  const named = number === undefined ? "refer" : `refer;id=${referral.nearSeq}`;
  out.headers.set("Contact", far.contact).set("Event", named).set("Subscription-State", standing.value);
  if (status !== "") out.headers.set("Content-Type", "message/sipfrag;version=2.0");
  // SIP.js says "terminated" in every notification; what ends a transfer is that it came to an end.
  if (standing.state === "terminated" && !isProvisional(status))
    call.referrals.splice(call.referrals.indexOf(referral), 1);
  const fragment = { ...out, body: Buffer.from(status, "latin1") };
  const aside = referral.aside !== undefined;
  cross(state, now, call, { from: leg.name, ...served, out: fragment, sdp: "none", aside });
}
