/** RFC 4028: we are the one who refreshes, towards a PBX that takes part in session timers. */
import { expect, test } from "vitest";
import { pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { answer, heldOffer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";
import { allowUpdate, coreTimer, sdp, timedCall } from "../support/timed-call.ts";

test("we are the refresher: UPDATE at half of the interval where Allow lists it, without SDP, and the timer begins anew", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { pbx, phone } = timedCall([], ["Session-Expires: 600;refresher=uac", allowUpdate], world);
  for (let round = 0; round < 3; round++) {
    world.advance(300_000);
    const { message } = pbx.request("UPDATE");
    expect([message.headers.get("Session-Expires"), message.body.length]).toEqual(["600;refresher=uac", 0]);
    pbx.send(replyLines(message, "200 OK", ["Session-Expires: 600;refresher=uac", "Require: timer"]));
  }
  expect(phone.inbox).toEqual([]);
  expect(world.core.counts().calls).toBe(1);
});

test("we are the refresher and the peer takes no UPDATE: re-INVITE with the same offer, ACK, and the other side hears nothing", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { pbx, phone, invite, ok } = timedCall([], ["Session-Expires: 600;refresher=uac"], world);
  world.advance(300_000);
  const { message } = pbx.request("INVITE");
  expect(Buffer.from(message.body)).toEqual(Buffer.from(invite.body));
  const accepted = [
    ...replyLines(message, "200 OK", ["Contact: <sip:600@10.0.0.5>", "Session-Expires: 600;refresher=uac"]),
    sdp,
  ];
  pbx.send(accepted, answer);
  const ack = pbx.request("ACK").text;
  pbx.send(accepted, answer);
  expect(pbx.request("ACK").text).toBe(ack);
  expect(phone.inbox).toEqual([]);
  // What the phone was told still stands, and it still gets it.
  phone.send(inDialogLines(phone, "INVITE", phoneDialog(ok, 11), [sdp, "Contact: <sip:1001@192.0.2.10:40000>"]), offer);
  phone.response(100);
  expect(Buffer.from(phone.response(200).message.body)).toEqual(Buffer.from(ok.body));
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 11)));
  world.advance(290_000);
  expect(pbx.inbox).toEqual([]);
  world.advance(20_000);
  pbx.request("INVITE");
});

test("our re-INVITE for a refresh meets one of theirs: 491, and after 491 we try again within the bounds of RFC 3261 section 14.1", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { pbx, phone, invite, ok } = timedCall([], ["Session-Expires: 600;refresher=uac"], world);
  world.advance(300_000);
  const { message } = pbx.request("INVITE");
  pbx.send(inDialogLines(pbx, "INVITE", pbxDialog(invite, 30), [sdp, "Contact: <sip:600@10.0.0.5>"]), heldOffer);
  pbx.response(491);
  phone.send(inDialogLines(phone, "UPDATE", phoneDialog(ok, 11), [sdp]), heldOffer);
  phone.response(491);
  const sentAt = world.now;
  pbx.send(replyLines(message, "491 Request Pending"));
  pbx.request("ACK");
  world.advance(4_000);
  // Among the repetitions of our 491, which this PBX never acknowledges.
  const again = pbx.inbox.splice(0).find(({ text }) => text.startsWith("INVITE"));
  expect((again?.at ?? 0) - sentAt).toBeGreaterThanOrEqual(2_100);
  pbx.send(inDialogLines(pbx, "UPDATE", pbxDialog(invite, 31), [sdp]), heldOffer);
  pbx.response(491);
});

for (const [line, words] of [
  ["481 Call/Transaction Does Not Exist", "the other side lost the call"],
  ["408 Request Timeout", "the other side is silent"],
] as const) {
  test(`a refresh answered ${line}: both legs end (RFC 4028 section 10), ${words}`, () => {
    const world = new EdgeWorld("", { core: coreTimer });
    const { pbx, phone } = timedCall([], ["Session-Expires: 600;refresher=uac", allowUpdate], world);
    world.advance(300_000);
    pbx.send(replyLines(pbx.request("UPDATE").message, line));
    pbx.request("BYE");
    phone.request("BYE");
    expect(world.core.counts().calls).toBe(0);
  });
}

test("a refresh that nobody answers ends the call", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { phone } = timedCall([], ["Session-Expires: 600;refresher=uac", allowUpdate], world);
  world.advance(333_000);
  phone.request("BYE");
  world.advance(64_000);
  expect(world.core.counts()).toMatchObject({ calls: 0, transactions: { server: 0, client: 0 } });
});

test("a refresh refused otherwise is tried again, and the call ends when none succeeds", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { pbx } = timedCall([], ["Session-Expires: 600;refresher=uac", allowUpdate], world);
  let tries = 0;
  for (let second = 0; second < 568; second++) {
    world.advance(1_000);
    for (const { message } of pbx.inbox.splice(0)) {
      if (message.kind !== "request" || message.method !== "UPDATE") continue;
      tries++;
      pbx.send(replyLines(message, "500 Server Internal Error"));
    }
  }
  expect(tries).toBeGreaterThan(3);
  expect(world.core.counts().calls).toBe(0);
});

test("UPDATE refused with 405 although allowed: the refresh goes by re-INVITE at once", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { pbx } = timedCall([], ["Session-Expires: 600;refresher=uac", allowUpdate], world);
  world.advance(300_000);
  pbx.send(replyLines(pbx.request("UPDATE").message, "405 Method Not Allowed"));
  pbx.request("INVITE");
});

test("RFC 4028 section 7.3: 422 to our INVITE is answered with a longer interval, twice at most", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), sdp], offer);
  phone.response(100);
  const pbx = world.pbx();
  const first = pbx.request("INVITE").message;
  pbx.send(replyLines(first, "422 Session Interval Too Small", ["Min-SE: 3600"]));
  pbx.request("ACK");
  const second = pbx.request("INVITE").message;
  const { headers, cseq, callId } = second;
  expect([headers.get("Session-Expires"), headers.get("Min-SE")]).toEqual(["3600", "3600"]);
  expect([cseq.number, callId, second.from.tag]).toEqual([first.cseq.number + 1, first.callId, first.from.tag]);
  pbx.send(replyLines(second, "422 Session Interval Too Small", ["Min-SE: 7200"]));
  pbx.request("ACK");
  pbx.send(replyLines(pbx.request("INVITE").message, "422 Session Interval Too Small", ["Min-SE: 9000"]));
  pbx.request("ACK");
  phone.response(500);
  expect(world.core.counts().calls).toBe(0);
});

test("422 to a refresh: once more at once with the longer interval, which stays for the rest of the call", () => {
  const world = new EdgeWorld("", { core: coreTimer });
  const { pbx } = timedCall([], ["Session-Expires: 600;refresher=uac", allowUpdate], world);
  world.advance(300_000);
  pbx.send(replyLines(pbx.request("UPDATE").message, "422 Session Interval Too Small", ["Min-SE: 900"]));
  const { message } = pbx.request("UPDATE");
  expect([message.headers.get("Session-Expires"), message.headers.get("Min-SE")]).toEqual(["900;refresher=uac", "900"]);
  pbx.send(replyLines(message, "200 OK", ["Session-Expires: 900;refresher=uac"]));
  world.advance(450_000);
  pbx.request("UPDATE");
});
