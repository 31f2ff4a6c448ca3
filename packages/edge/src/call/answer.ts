/** The 2xx we give to who sent the INVITE: repeated by us until its ACK is there (RFC 3261 §13.3.1.4, RFC 6026 §7.1). */
import { buildResponse, respond } from "../egress.ts";
import { ownDialog } from "../own-text.ts";
import { servedOf } from "../served.ts";
import { type EdgeState, push } from "../state.ts";
import { answerUse, longestCall } from "../use/charge.ts";
import type { Call } from "./call.ts";
import { allowHeader, supportedHeaders } from "./headers.ts";
import { warnOfUnheardKeys } from "./peer-methods.ts";
import { stopReliable } from "./reliable.ts";
import { beginGranted, grantHeaders } from "./session.ts";
import { hangUp } from "./teardown.ts";

const T1 = 500;
const T2 = 4000;
/** 64*T1: then the 2xx is given up, and with it the call. */
const GIVE_UP = 64 * T1;

export function beginAnswer(state: EdgeState, now: number, call: Call, sdp: Uint8Array | undefined): void {
  const exchange = call.exchange;
  if (exchange === undefined) return;
  const near = exchange.from === "a" ? call.a : call.b;
  stopReliable(state, exchange);
  const answer = {
    status: 200,
    toTag: near.localTag,
    headers: [
      ["Contact", near.contact],
      ["Allow", allowHeader(state.settings, near.flow)],
      ...supportedHeaders(state.settings, near.flow),
      ...grantHeaders(exchange.session),
    ] as const,
    body: sdp,
  };
  respond(state, now, servedOf(exchange, near), answer);
  exchange.phase = "answered";
  beginGranted(state, now, call, near, exchange.session);
  exchange.answer = {
    response: buildResponse(exchange.request, near.flow, answer),
    giveUpAt: now + GIVE_UP,
    interval: T1,
    timer: state.deadlines.arm(now + T1, { owner: "call", call: call.id, timer: "answer-retransmit" }),
  };
  if (exchange.initial) markAnswered(state, now, call);
}

function markAnswered(state: EdgeState, now: number, call: Call): void {
  call.state = "up";
  call.answeredAt = now;
  warnOfUnheardKeys(state, call);
  state.out.push({ kind: "media-up", call: call.id });
  if (call.noAnswer !== undefined) state.deadlines.disarm(call.noAnswer);
  answerUse(state, now, call);
  for (const leg of [call.a, call.b]) {
    const { account, dialog, flow } = leg;
    leg.dialog = dialog && ownDialog(dialog);
    if (account !== undefined) state.conducts.answered(now, account, flow.packetSource.address);
  }
  call.duration = state.deadlines.arm(now + longestCall(state, call), {
    owner: "call",
    call: call.id,
    timer: "duration",
  });
}

/** Over reliable transports too: the ACK is end to end, and so is the repetition (RFC 3261 §13.3.1.4). */
export function repeatAnswer(state: EdgeState, now: number, call: Call): void {
  const exchange = call.exchange;
  const answer = exchange?.answer;
  if (exchange === undefined || answer === undefined) return;
  if (now >= answer.giveUpAt) {
    exchange.answer = undefined;
    hangUp(state, now, call, "no-ack", 408);
    return;
  }
  push(state, state.transactions.respond(now, exchange.serverTx, answer.response));
  answer.interval = Math.min(answer.interval * 2, T2);
  answer.timer = state.deadlines.arm(Math.min(now + answer.interval, answer.giveUpAt), {
    owner: "call",
    call: call.id,
    timer: "answer-retransmit",
  });
}

/** The ACK is there: nothing is repeated any more. */
export function answerAcknowledged(state: EdgeState, call: Call): void {
  const exchange = call.exchange;
  if (exchange?.answer === undefined) return;
  state.deadlines.disarm(exchange.answer.timer);
  exchange.answer = undefined;
  exchange.phase = "done";
}
