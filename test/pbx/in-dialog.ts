import type { Core } from "./core.ts";
import type { Leg } from "./leg.ts";
import { onRefer } from "./refer.ts";
import { onReinvite } from "./reinvite.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { digit } from "./service.ts";
import { tagOf } from "./sip-address.ts";
import { cseqOf, header, readCount, type SipRequest } from "./sip-message.ts";
import { onUpdate } from "./update.ts";

/** The leg a request with a To tag belongs to. */
function legOf(core: Core, request: SipRequest): Leg | undefined {
  const leg = core.legs.get(`${header(request, "call-id")} ${tagOf(header(request, "to"))}`);
  const from = tagOf(header(request, "from"));
  return leg?.remoteTag === undefined || leg.remoteTag === from ? leg : undefined;
}

export function onInDialog(core: Core, tx: ServerTransaction): void {
  const leg = legOf(core, tx.request);
  if (leg === undefined) {
    tx.respond(481);
    return;
  }
  const { number } = cseqOf(tx.request);
  if (number < leg.remoteSeq) {
    tx.respond(500, { reason: "Server Internal Error" });
    return;
  }
  leg.remoteSeq = number;
  if (tx.flow.reliable) leg.flow = tx.flow;
  handle(leg, tx);
}

function handle(leg: Leg, tx: ServerTransaction): void {
  const { call } = leg;
  if (leg.detached) {
    tx.respond(tx.method === "BYE" ? 200 : 481);
    if (tx.method === "BYE") leg.forget();
    return;
  }
  switch (tx.method) {
    case "INVITE":
      onReinvite(leg, tx);
      return;
    case "BYE":
      tx.respond(200);
      call.hangUp(leg.side);
      return;
    case "PRACK":
      onPrack(leg, tx);
      return;
    case "UPDATE":
      onUpdate(leg, tx);
      return;
    case "INFO":
    case "MESSAGE":
      onContent(leg, tx);
      return;
    case "OPTIONS":
    case "NOTIFY":
      tx.respond(200);
      return;
    case "REFER":
      onRefer(leg, tx);
      return;
    default:
      tx.respond(405, { reason: "Method Not Allowed" });
  }
}

function onPrack(leg: Leg, tx: ServerTransaction): void {
  const rack = readCount((header(tx.request, "rack") ?? "").split(" ")[0] ?? "");
  if (leg.rseqOpen === undefined || rack !== leg.rseqOpen) {
    tx.respond(481);
    return;
  }
  leg.rseqOpen = undefined;
  tx.respond(200);
}

/** Documented: without a body it is a keep-alive, 200. With one it goes to the far leg, or it is a key for a service. */
function onContent(leg: Leg, tx: ServerTransaction): void {
  const { call } = leg;
  const { body } = tx.request;
  const far = call.leg(leg.side === "a" ? "b" : "a");
  const type = header(tx.request, "content-type");
  if (body.length === 0 || far === undefined || type === undefined) {
    const key = tx.method === "INFO" ? keyOf(type ?? "", body.toString("latin1")) : undefined;
    if (key !== undefined) digit(call, key);
    tx.respond(200);
    return;
  }
  far.request(tx.method, [["Content-Type", type]], body, {
    response: (response) => {
      if (response.status >= 200) tx.respond(response.status, { reason: response.reason });
    },
    timeout: () => tx.respond(408),
  });
}

/** `application/dtmf-relay` has `Signal=5`, `application/dtmf` the bare key. */
function keyOf(type: string, body: string): string | undefined {
  if (type.toLowerCase().startsWith("application/dtmf-relay")) {
    const line = body.split("\n").find((l) => l.trim().toLowerCase().startsWith("signal"));
    return line?.split("=")[1]?.trim().slice(0, 1);
  }
  return type.toLowerCase().startsWith("application/dtmf") ? body.trim().slice(0, 1) : undefined;
}

/** ACK of a 2xx: by dialog and CSeq number, its branch is new. */
export function onAck(core: Core, request: SipRequest): void {
  const leg = legOf(core, request);
  const { number } = cseqOf(request);
  const waiting = leg?.unacked.get(number);
  if (leg === undefined || waiting === undefined) return;
  if (leg.ignoredAcks > 0) {
    leg.ignoredAcks -= 1;
    return;
  }
  leg.unacked.delete(number);
  waiting.acknowledged();
  const take = leg.onAckBody;
  leg.onAckBody = undefined;
  take?.(request.body);
}
