import { expect, test } from "vitest";
import { callUp, nothingLeft, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { answer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

test("the phone hangs up: both sides end and nothing is left", () => {
  const { world, phone, pbx, ok } = callUp();
  expect(world.core.counts().calls).toBe(1);
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 11)));
  phone.response(200);
  const { message: bye } = pbx.request("BYE");
  pbx.send(replyLines(bye, "200 OK"));
  expect(world.outputs.some((o) => o.kind === "media-close")).toBe(true);
  world.advance(64_000);
  expect(world.core.counts()).toMatchObject(nothingLeft);
});

test("the PBX hangs up: the phone gets a BYE in its own dialog", () => {
  const { world, phone, pbx, invite, ok } = callUp();
  pbx.send(inDialogLines(pbx, "BYE", pbxDialog(invite, 29)));
  pbx.response(200);
  const { message: bye } = phone.request("BYE");
  expect(bye.callId).toBe(ok.callId);
  expect(bye.requestUri.raw).toBe("sip:1001@192.0.2.10:40000");
  phone.send(replyLines(bye, "200 OK"));
  world.advance(64_000);
  expect(world.core.counts()).toMatchObject(nothingLeft);
});

test("busy, and every other refusal, ends the call with the same status", () => {
  for (const status of ["486 Busy Here", "404 Not Found", "603 Decline"]) {
    const world = new EdgeWorld();
    const phone = world.phone();
    registered(world, phone);
    phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
    phone.response(100);
    const { message } = world.pbx().request("INVITE");
    world.pbx().send(replyLines(message, status));
    world.pbx().request("ACK");
    phone.response(Number(status.slice(0, 3)));
    world.advance(64_000);
    expect(world.core.counts()).toMatchObject(nothingLeft);
  }
});

test("CANCEL: 200 and 487 to the phone, CANCEL to the PBX, nothing left", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const lines = inviteLines(phone);
  phone.send([...lines, "Content-Type: application/sdp"], offer);
  phone.response(100);
  const pbx = world.pbx();
  const { message: invite } = pbx.request("INVITE");
  pbx.send(replyLines(invite, "180 Ringing"));
  phone.response(180);
  const cancel = lines.map((l) => l.replace("INVITE sip", "CANCEL sip").replace("10 INVITE", "10 CANCEL"));
  phone.send(cancel.filter((l) => !l.startsWith("Contact")));
  phone.response(200);
  phone.response(487);
  const { message: cancelled } = pbx.request("CANCEL");
  expect(cancelled.via.branch).toBe(invite.via.branch);
  pbx.send(replyLines(cancelled, "200 OK"));
  pbx.send(replyLines(invite, "487 Request Terminated"));
  pbx.request("ACK");
  expect(world.core.counts().calls).toBe(0);
});

test("CANCEL that crosses a 200: the 200 is acknowledged and hung up", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const lines = inviteLines(phone);
  phone.send([...lines, "Content-Type: application/sdp"], offer);
  const pbx = world.pbx();
  const { message: invite } = pbx.request("INVITE");
  pbx.send(replyLines(invite, "180 Ringing"));
  const cancel = lines.map((l) => l.replace("INVITE sip", "CANCEL sip").replace("10 INVITE", "10 CANCEL"));
  phone.send(cancel.filter((l) => !l.startsWith("Contact")));
  pbx.request("CANCEL");
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"], answer);
  pbx.request("ACK");
  const { message: bye } = pbx.request("BYE");
  pbx.send(replyLines(bye, "200 OK"));
  world.advance(64_000);
  const finals = phone.inbox.flatMap(({ message }) =>
    message.kind === "response" && message.status >= 200 ? [`${message.status} ${message.cseq.method}`] : [],
  );
  expect(new Set(finals)).toEqual(new Set(["200 CANCEL", "487 INVITE"]));
  expect(world.core.counts()).toMatchObject(nothingLeft);
});

test("a lost ACK: the 200 is repeated, then both sides get a BYE", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  const pbx = world.pbx();
  const { message: invite } = pbx.request("INVITE");
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"], answer);
  pbx.request("ACK");
  phone.inbox.length = 0;
  world.advance(20_000);
  const repeats = phone.inbox.filter((s) => s.text.startsWith("SIP/2.0 200"));
  expect(repeats.map((s) => s.at - 1_000_000)).toEqual([500, 1500, 3500, 7500, 11500, 15500, 19500]);
  phone.inbox.length = 0;
  world.advance(13_000);
  expect(phone.inbox.at(-1)?.text).toMatch(/^BYE /);
  pbx.request("BYE");
  world.advance(64_000);
  expect(world.core.counts()).toMatchObject(nothingLeft);
});

test("silence on every stream ends both legs", () => {
  const { world, phone, pbx } = callUp();
  const started = world.outputs.find((o) => o.kind === "media-offer");
  world.feed({
    kind: "media-event",
    event: { kind: "inactive", call: started?.kind === "media-offer" ? started.call : "" },
  });
  phone.request("BYE");
  pbx.request("BYE");
});

test("no answer: the PBX's INVITE is cancelled after five minutes without news", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone, {});
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  const pbx = world.pbx();
  const { message: invite } = pbx.request("INVITE");
  pbx.send(replyLines(invite, "180 Ringing"));
  world.advance(299_000);
  expect(world.core.counts().calls).toBe(1);
  world.advance(2_000);
  pbx.request("CANCEL");
  expect(phone.inbox.at(-1)?.text).toMatch(/^SIP\/2.0 408/);
});

test("early media that falls silent while the phone rings does not end the call", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  const pbx = world.pbx();
  pbx.send(
    [...replyLines(pbx.request("INVITE").message, "183 Session Progress"), "Content-Type: application/sdp"],
    answer,
  );
  const started = world.outputs.find((o) => o.kind === "media-offer");
  const call = started?.kind === "media-offer" ? started.call : "";
  world.feed({ kind: "media-event", event: { kind: "inactive", call } });
  expect(world.core.counts().calls).toBe(1);
  world.feed({ kind: "media-event", event: { kind: "failed", call, reason: "engine-lost" } });
  expect(world.core.counts().calls).toBe(0);
});

test("a caller whose connection breaks while it rings is hung up on the other side", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.20", 50_000, "tls");
  registered(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  const pbx = world.pbx();
  pbx.send(replyLines(pbx.request("INVITE").message, "180 Ringing"));
  world.feed({ kind: "flow-lost", flowId: phone.flow.id });
  pbx.request("CANCEL");
  expect(world.core.counts().calls).toBe(0);
});
