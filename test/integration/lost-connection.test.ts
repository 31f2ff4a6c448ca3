/** What becomes of a call when the connection of its phone breaks. */
import { expect, test } from "vitest";
import { EdgeWorld, type Party, phoneDomain } from "../support/edge-world.ts";
import { answer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const contact = `<sip:x7k@abc.invalid;transport=ws>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"`;
const backWithin = 150_000;

/** A phone on a connection has called 600 and talks. */
function talking() {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.20", 50_001, "tls");
  registered(world, phone, { contact, callId: "first" });
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  phone.response(100);
  const pbx = world.pbx();
  const { message: invite } = pbx.request("INVITE");
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"], answer);
  pbx.request("ACK");
  const { message: ok } = phone.response(200);
  const dialog = (cseq: number) => ({
    target: "sip:600@203.0.113.1:5061;transport=tls",
    from: ok.headers.get("From") ?? "",
    to: ok.headers.get("To") ?? "",
    callId: ok.callId,
    cseq,
  });
  phone.send(inDialogLines(phone, "ACK", dialog(10)));
  return { world, phone, pbx, invite, dialog };
}

function lose(world: EdgeWorld, phone: Party): void {
  world.feed({ kind: "flow-lost", flowId: phone.flow.id });
}

test("a phone that does not come back is hung up for, so that the far side does not pay for a closed page", () => {
  const { world, phone, pbx } = talking();
  lose(world, phone);
  expect(world.core.counts()).toMatchObject({ registrations: 0, calls: 1 });
  world.advance(backWithin - 1);
  expect(world.core.counts().calls).toBe(1);
  world.advance(1);
  const { message: bye } = pbx.request("BYE");
  expect(bye.headers.get("Reason")).toBe('SIP;cause=480;text="Other side lost its connection"');
  pbx.send(replyLines(bye, "200 OK"));
  expect(world.core.counts().calls).toBe(0);
  world.advance(60_000);
  expect(world.core.counts()).toMatchObject({ calls: 0, transactions: { server: 0, client: 0 }, timers: 0 });
});

test("RFC 5626 §5.3: a phone that registers again over a new connection goes on with its call, either way", () => {
  const { world, phone, pbx, invite, dialog } = talking();
  lose(world, phone);
  world.advance(backWithin - 1);
  const again = world.phone("192.0.2.20", 50_002, "tls");
  registered(world, again, { contact, callId: "second" });
  world.advance(60_000);
  expect(world.core.counts().calls).toBe(1);
  again.send(inDialogLines(again, "INFO", dialog(11)));
  expect(pbx.request("INFO").message.callId).toBe(invite.callId);
  pbx.send(
    inDialogLines(pbx, "BYE", {
      target: "sip:1001@10.0.0.2:5060",
      from: `${invite.headers.get("To")};tag=peer`,
      to: invite.headers.get("From") ?? "",
      callId: invite.callId,
      cseq: 1,
    }),
  );
  again.request("BYE");
});

test("phones that are lost one after the other are each given their time", () => {
  const world = new EdgeWorld();
  const callers = [0, 1, 2].map((i) => {
    const phone = world.phone(`192.0.2.${20 + i}`, 50_001, "tls");
    registered(world, phone, { user: `100${i}` });
    const from = `<sip:100${i}@${phoneDomain}>`;
    phone.send([...inviteLines(phone, { from, callId: `c${i}` }), "Content-Type: application/sdp"], offer);
    const { message } = world.pbx().request("INVITE");
    const lines = replyLines(message, "200 OK", ["Contact: <sip:600@10.0.0.5>"], `far${i}`);
    world.pbx().send([...lines, "Content-Type: application/sdp"], answer);
    world.pbx().request("ACK");
    return { phone, ok: phone.inbox.at(-1)?.message };
  });
  for (const { phone, ok } of callers) {
    if (ok?.kind !== "response") throw new Error("no answer");
    const [from = "", to = ""] = [ok.headers.get("From"), ok.headers.get("To")];
    phone.send(inDialogLines(phone, "ACK", { target: "sip:600@203.0.113.1", from, to, callId: ok.callId, cseq: 10 }));
  }
  for (const { phone } of callers) {
    lose(world, phone);
    world.advance(10_000);
  }
  const left = [30_000, 10_000, 10_000].map((_, i) => {
    world.advance(i === 0 ? backWithin - 30_000 : 10_000);
    return world.core.counts().calls;
  });
  expect(left).toEqual([2, 1, 0]);
});
