/** What the log says of a call: two lines, and none for what was no call. */
import { expect, test } from "vitest";
import { callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const challenge = 'Proxy-Authenticate: Digest realm="pbx", nonce="ABC", algorithm=MD5';
const digest =
  'Proxy-Authorization: Digest username="1001", realm="pbx", nonce="ABC", uri="sip:600@pbx.example.com", response="0123456789abcdef0123456789abcdef"';

function asked(world: EdgeWorld, first: readonly string[] = []) {
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), sdp], offer);
  phone.response(100);
  const { message } = world.pbx().request("INVITE");
  for (const line of first) world.pbx().send(replyLines(message, line));
  world.pbx().send(replyLines(message, "407 Proxy Authentication Required", [challenge]));
  world.pbx().request("ACK");
  phone.response(407);
  return phone;
}

const lines = (world: EdgeWorld) => world.events("call").map(({ reason }) => reason);
const ended = (world: EdgeWorld) =>
  world.outputs.flatMap((o) => (o.kind === "count" && o.count.name === "calls_ended" ? [o.count.reason] : []));

test("an INVITE that is only asked for a password has no line; the call that comes with it has two", () => {
  const world = new EdgeWorld();
  const phone = asked(world);
  expect(lines(world)).toEqual([]);
  expect(ended(world)).toEqual(["challenged"]);
  phone.send([...inviteLines(phone, { callId: "again" }), digest, sdp], offer);
  phone.response(100);
  expect(lines(world)).toEqual(["started"]);
  world.pbx().send(replyLines(world.pbx().request("INVITE").message, "486 Busy Here"));
  expect(lines(world)).toEqual(["started", "refused"]);
});

test("a call that the PBX worked on before it asked has both its lines", () => {
  const world = new EdgeWorld();
  asked(world, ["100 Trying"]);
  expect(lines(world)).toEqual(["started", "challenged"]);
});

test("an INVITE that nobody answers has both its lines", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), sdp], offer);
  world.advance(40_000);
  expect(lines(world)).toEqual(["started", "no-answer"]);
});

test("both hang up at once: each BYE that comes too late is 481 and no refusal", () => {
  const { world, phone, pbx, invite, ok } = callUp();
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 11)));
  phone.response(200);
  pbx.send(inDialogLines(pbx, "BYE", pbxDialog(invite, 29)));
  pbx.request("BYE");
  pbx.response(481);
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 12)));
  phone.response(481);
  expect(world.events("refused")).toEqual([]);
  expect(world.outputs.filter((o) => o.kind === "count" && o.count.name === "refused")).toEqual([]);
});

test("a BYE for a call that never was is a refusal still", () => {
  const { world, phone, ok } = callUp();
  phone.send(inDialogLines(phone, "BYE", { ...phoneDialog(ok, 11), callId: "of-nobody" }));
  phone.response(481);
  expect(world.events("refused")).toMatchObject([{ reason: "no-dialog" }]);
});
