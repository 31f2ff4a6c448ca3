import { Call } from "./call.ts";
import { identifyCaller, inboundHolder } from "./caller.ts";
import { type Core, tableLimit } from "./core.ts";
import { destinationsOf, type Plan } from "./dial-plan.ts";
import { onReplaces } from "./pickup.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { startService } from "./service.ts";
import { parseUri } from "./sip-address.ts";

const mostForwards = 5;

/** A new INVITE: who calls, whom, may they, and then off it goes. */
export function onInvite(core: Core, tx: ServerTransaction): void {
  const { slow100 } = core.knobs;
  if (slow100 > 0) core.timers.after(slow100, () => trying(tx));
  else trying(tx);
  const caller = identifyCaller(core, tx);
  if (caller === undefined) return;
  if (onReplaces(core, tx, caller)) return;
  const called = parseUri(tx.request.uri)?.user ?? "";
  if (core.calls.size >= tableLimit) {
    tx.respond(503);
    return;
  }
  const holder = inboundHolder(caller);
  const limit =
    caller.kind === "user" ? caller.account.maxCalls : caller.kind === "trunk" ? caller.trunk.maxIn : Infinity;
  if (holds(core, holder) >= limit) {
    tx.respond(Number(core.knobs.limitStatus));
    return;
  }
  const call = new Call(core, tx, caller, called);
  call.holders.push(holder);
  follow(call, destinationsOf(core, caller, called), 0);
}

/** 100 is late on purpose at times; it never follows another answer. */
function trying(tx: ServerTransaction): void {
  if (tx.final === 0 && !tx.ringing) tx.respond(100);
}

function holds(core: Core, holder: string): number {
  let count = 0;
  for (const call of core.calls) if (call.holders.includes(holder)) count += 1;
  return count;
}

function follow(call: Call, plan: Plan, forwards: number): void {
  const { core } = call;
  if (plan.kind === "refuse") {
    call.fail(plan.status);
  } else if (plan.kind === "service") {
    startService(call, plan.service);
  } else if (plan.kind === "forward") {
    const info = `purpose=forwarding, username="${call.called}", contact="${plan.number}"`;
    call.provisional(181, [["Call-Info", info]]);
    if (forwards >= mostForwards) call.fail(480);
    else follow(call, destinationsOf(core, call.caller, plan.number), forwards + 1);
  } else {
    if (holds(core, plan.holder) >= plan.limit) {
      call.fail(Number(core.knobs.limitStatus));
      return;
    }
    call.holders.push(plan.holder);
    ring(call, plan);
  }
}

function ring(call: Call, plan: Extract<Plan, { kind: "ring" }>): void {
  const { body } = call.tx.request;
  if (body.length === 0) {
    call.dial(plan.destinations, undefined);
    return;
  }
  const offer = call.media.translate("a", "offer", body);
  if (offer.ok) call.dial(plan.destinations, offer.sdp);
  else call.fail(offer.status);
}
