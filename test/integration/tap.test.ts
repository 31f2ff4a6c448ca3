/** Who looks on sees every message once, in order, and learns which Call-IDs belong to which call. */
import type { Tap } from "@ringfence/edge";
import { expect, test } from "vitest";
import { allMethods, callUp, phoneDialog } from "../support/call-up.ts";
import { dial, threeHosts } from "../support/carrier-call.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { branch, inDialogLines, replyLines } from "../support/sip-script.ts";
import { tapped } from "../support/tapped-world.ts";

/** Messages as `in INVITE`, calls by number in the order in which they were named: `1 = Call-ID`. */
function lookingOn(world: EdgeWorld) {
  const seen: string[] = [];
  const calls: string[] = [];
  const names = new Map<string, string>();
  const tap: Tap = {
    message(direction, flow, bytes) {
      const text = Buffer.from(bytes).toString("latin1");
      const line = text.slice(0, text.indexOf("\r\n"));
      const what = line.startsWith("SIP/2.0 ") ? line.slice(8, 11) : line.slice(0, line.indexOf(" "));
      seen.push(`${flow.side} ${direction} ${what}`);
    },
    leg(call, callId) {
      if (!calls.includes(call)) calls.push(call);
      names.set(callId, call);
      seen.push(`call ${calls.indexOf(call) + 1}`);
    },
  };
  tapped(world, tap);
  return { seen, calls, names };
}

test("a call's legs are named after its INVITE was read and before anything is sent for it", () => {
  const world = new EdgeWorld();
  const { seen, calls, names } = lookingOn(world);
  const { invite, ok } = callUp(world);
  const began = seen.indexOf("phone in INVITE");
  expect(seen.slice(began, began + 5)).toEqual([
    "phone in INVITE",
    "call 1",
    "call 1",
    "phone out 100",
    "core out INVITE",
  ]);
  expect(seen.slice(began + 5)).toEqual([
    ...["core in 100", "core in 180", "phone out 180", "core in 200", "core out ACK", "phone out 200", "phone in ACK"],
  ]);
  expect([names.get(invite.callId), names.get(ok.callId)]).toEqual([calls[0], calls[0]]);
});

test("who begins to look on in the middle of a call knows its legs", () => {
  const world = new EdgeWorld();
  const { invite, ok } = callUp(world);
  const { calls, names } = lookingOn(world);
  expect([calls.length, [...names.keys()].sort()]).toEqual([1, [invite.callId, ok.callId].sort()]);
});

test("the next host of a carrier gets a Call-ID of its own, which belongs to the same call", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const { calls, names } = lookingOn(world);
  dial(world);
  const { message: lost } = world.carrier("198.51.100.1").request("INVITE");
  world.advance(4_000);
  const { message: next } = world.carrier("198.51.100.2").request("INVITE");
  expect(next.callId).not.toBe(lost.callId);
  expect([calls.length, names.get(lost.callId), names.get(next.callId)]).toEqual([1, calls[0], calls[0]]);
});

test("a REFER beside the call belongs to the call that it names", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const { calls, names } = lookingOn(world);
  const { phone, pbx, ok } = callUp(world);
  const outside = { ...phoneDialog(ok, 1), to: "<sip:600@pbx.example.com>", callId: `aside-${branch()}` };
  phone.send(
    inDialogLines(phone, "REFER", outside, [
      "Refer-To: <sip:1002@pbx.example.com>",
      `Target-Dialog: ${ok.callId};local-tag=caller;remote-tag=${ok.to.tag}`,
      "Contact: <sip:1001@192.0.2.10:40000>",
    ]),
  );
  pbx.send(replyLines(pbx.request("REFER").message, "202 Accepted", ["Contact: <sip:600@10.0.0.5>"]));
  expect([calls.length, names.get(outside.callId)]).toEqual([1, calls[0]]);
});
