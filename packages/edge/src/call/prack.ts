/** PRACK (RFC 3262): the caller has a reliable provisional response of ours, so the far side's gets its PRACK too. */
import { decimal, type Request, requestInDialog } from "@ringfence/sip";
import { respond } from "../egress.ts";
import type { Served } from "../served.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { cross, refusedForGlare } from "./crossing.ts";
import { turnToFork } from "./provisional.ts";
import type { Reliable } from "./reliable.ts";

const MAX_NUMBER = 2 ** 32 - 1;

export function onPrack(state: EdgeState, now: number, call: Call, leg: Leg, served: Served): void {
  const { request } = served;
  const far = leg === call.a ? call.b : call.a;
  const exchange = call.exchange?.from === leg.name ? call.exchange : undefined;
  const waiting = exchange === undefined ? undefined : named(exchange, request);
  if (exchange === undefined || waiting === undefined) {
    return respond(state, now, served, { status: 481, phrase: "No such provisional response" });
  }
  turnToFork(call, far, waiting.tag);
  if (far.dialog === undefined) return respond(state, now, served, { status: 481 });
  const sdp = request.body.length === 0 ? "none" : waiting.sdp === "offer" ? "answer" : "offer";
  const settled = exchange.settled;
  if (waiting.sdp !== "none") exchange.settled = waiting.tag;
  if (sdp === "offer" && refusedForGlare(state, now, call, leg, served)) {
    exchange.settled = settled;
    return;
  }
  state.deadlines.disarm(waiting.timer);
  exchange.reliable.splice(exchange.reliable.indexOf(waiting), 1);
  const { dialog, request: out } = requestInDialog(far.dialog, "PRACK");
  far.dialog = dialog;
  const invite = Number.parseInt(exchange.sent?.headers.get("CSeq") ?? "1", 10);
  out.headers.set("RAck", `${waiting.farSeq} ${invite} INVITE`);
  cross(state, now, call, { from: leg.name, ...served, out, sdp });
}

/** RAck is `response-num LWS CSeq-num LWS Method` (RFC 3262 §7.2). */
function named(exchange: Exchange, request: Request): Reliable | undefined {
  const [rseq = "", cseq = "", method, ...more] = (request.headers.get("RAck") ?? "")
    .split(" ")
    .filter((p) => p !== "");
  if (method !== "INVITE" || more.length > 0) return undefined;
  if (decimal(cseq, MAX_NUMBER) !== exchange.request.cseq.number) return undefined;
  const number = decimal(rseq, MAX_NUMBER);
  return exchange.reliable.find((waiting) => waiting.rseq === number);
}
