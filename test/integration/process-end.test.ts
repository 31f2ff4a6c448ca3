/** The end of the process, as whoever is in a call meets it: said when it is stopped; found out with the next request after a kill. */
import { expect, test } from "vitest";
import { callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

test("a stop ends every call on both legs and says why, and begins none any more", () => {
  const { world, phone, pbx } = callUp();
  world.feed({ kind: "close" });
  for (const party of [phone, pbx]) {
    const { message } = party.request("BYE");
    expect(message.headers.get("Reason")).toBe('SIP;cause=503;text="Closing for maintenance"');
    party.send(replyLines(message, "200 OK"));
  }
  expect(world.events("call").at(-1)).toMatchObject({ reason: "process-ended", ended_by: "ringfence", status: 503 });
  expect(world.core.counts()).toMatchObject({ calls: 0, draining: true });
  phone.send([...inviteLines(phone, { callId: "later" }), "Content-Type: application/sdp"], offer);
  phone.response(503);
});

test("a call that rings is refused to the caller and cancelled at the called", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  phone.response(100);
  world.pbx().send(replyLines(world.pbx().request("INVITE").message, "180 Ringing"));
  phone.response(180);
  world.feed({ kind: "close" });
  phone.response(503);
  world.pbx().request("CANCEL");
  expect(world.events("call").at(-1)).toMatchObject({ reason: "process-ended", duration_ms: 0 });
});

test.each(["BYE", "UPDATE"])(
  "after a kill a %s in a call of before is answered 481 on both sides: nobody waits for the other",
  (method) => {
    const { invite, ok } = callUp();
    const after = new EdgeWorld();
    const [phone, pbx] = [after.phone(), after.pbx()];
    phone.send(inDialogLines(phone, method, phoneDialog(ok, 11)));
    phone.response(481);
    pbx.send(inDialogLines(pbx, method, pbxDialog(invite, 29)));
    pbx.response(481);
  },
);
