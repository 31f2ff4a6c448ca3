/** What of one side's progress and reasons the other side hears: written anew, bounded, in both directions. */
import { expect, test } from "vitest";
import { callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const told = 'Reason: Q.850;cause=16;text="Terminated at 10.0.0.5"';
const passed = "Q.850;cause=16";

function calling(transport: "udp" | "tls" = "udp") {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.10", 40_000, transport);
  registered(world, phone);
  const lines = inviteLines(phone);
  phone.send([...lines, sdp], offer);
  phone.response(100);
  const pbx = world.pbx();
  const cancel = lines.map((l) => l.replace("INVITE sip", "CANCEL sip").replace("10 INVITE", "10 CANCEL"));
  return { world, phone, pbx, invite: pbx.request("INVITE").message, cancel };
}

test("181 crosses as 181; its Call-Info, which names who forwarded and an address inside, does not", () => {
  const { phone, pbx, invite } = calling();
  const info = "Call-Info: <sip:10.0.0.5>;purpose=forwarding;username=userb;contact=userc";
  pbx.send(replyLines(invite, "181 Call Is Being Forwarded", [info, "Contact: <sip:600@10.0.0.5>"]));
  const { text } = phone.response(181);
  expect(text).not.toContain("userb");
  expect(text).not.toContain("10.0.0.5");
});

test("a provisional response crosses with its status and our own phrase", () => {
  const { phone, pbx, invite } = calling();
  for (const [line, status] of [
    ["180 Ring the bell at 10.0.0.5", 180],
    ["182 3 callers before you", 182],
    ["183 Session Progress", 183],
  ] as const) {
    pbx.send(replyLines(invite, line, ["Contact: <sip:600@10.0.0.5>"]));
    expect(phone.response(status).text).not.toContain("10.0.0.5");
  }
});

test("the reason of a CANCEL, as protocol and cause: `answered elsewhere` reaches the phone that still rings", () => {
  const { phone, pbx, invite, cancel } = calling();
  pbx.send(replyLines(invite, "180 Ringing"));
  phone.response(180);
  phone.send([...cancel.filter((l) => !l.startsWith("Contact")), 'Reason: SIP;cause=200;text="by 192.0.2.99"']);
  expect(pbx.request("CANCEL").message.headers.all("Reason")).toEqual(["SIP;cause=200"]);
});

test("the reason of a refusal crosses", () => {
  const { phone, pbx, invite } = calling();
  pbx.send(
    replyLines(invite, "480 Temporarily Unavailable", ['Reason: Q.850;cause=20;text="x"', "Reason: Foo;cause=1"]),
  );
  expect(phone.response(480).message.headers.all("Reason")).toEqual(["Q.850;cause=20"]);
});

test("the reason of a BYE crosses, from either side", () => {
  const one = callUp();
  one.phone.send(inDialogLines(one.phone, "BYE", phoneDialog(one.ok, 11), [told]));
  expect(one.pbx.request("BYE").message.headers.all("Reason")).toEqual([passed]);
  const two = callUp();
  two.pbx.send(inDialogLines(two.pbx, "BYE", pbxDialog(two.invite, 1), [told]));
  expect(two.phone.request("BYE").message.headers.all("Reason")).toEqual([passed]);
});

test("the longest duration of a call ends both legs, and says why", () => {
  const { world, phone, pbx } = callUp(new EdgeWorld("policy: { limits: { call_duration: 10m } }\n"));
  world.advance(599_000);
  expect(world.core.counts().calls).toBe(1);
  world.advance(2_000);
  for (const party of [phone, pbx]) {
    const bye = party.inbox.find(({ text }) => text.startsWith("BYE"));
    expect(bye?.message.headers.get("Reason")).toBe('SIP;cause=503;text="Call duration limit"');
  }
});

test("timer C of a B2BUA: the PBX hears why its INVITE is cancelled, the caller gets 408 (RFC 3261 section 16.8)", () => {
  // Over TLS: a UDP source whose registration has lapsed meanwhile is told little.
  const { world, phone, pbx, invite } = calling("tls");
  pbx.send(replyLines(invite, "180 Ringing"));
  world.advance(240_000);
  pbx.send(replyLines(invite, "180 Ringing"));
  world.advance(299_000);
  expect(world.core.counts().calls).toBe(1);
  world.advance(2_000);
  expect(pbx.request("CANCEL").message.headers.get("Reason")).toBe('SIP;cause=408;text="No answer"');
  expect(phone.inbox.at(-1)?.text).toMatch(/^SIP\/2.0 408/);
});

test("RFC 3261 section 8.2.2.2: an INVITE that comes a second way is 482, and one phone rings", () => {
  const { world, phone, pbx, invite } = calling();
  phone.send([...inviteLines(phone), sdp], offer);
  phone.response(482);
  const elsewhere = world.phone("192.0.2.10", 40_001);
  registered(world, elsewhere, { callId: "reg-again", cseq: 9 });
  elsewhere.send([...inviteLines(elsewhere), sdp], offer);
  elsewhere.response(482);
  expect([world.core.counts().calls, pbx.inbox.length]).toEqual([1, 0]);
  pbx.send(replyLines(invite, "486 Busy Here"));
  phone.response(486);
});
