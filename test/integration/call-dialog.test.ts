import { expect, test } from "vitest";
import { callUp, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { answer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

test("a repeated 200 from the PBX gets the same ACK again", () => {
  const { pbx, invite } = callUp();
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"], answer);
  pbx.request("ACK");
});

test("hold and resume by re-INVITE cross with the media relay's SDP", () => {
  const { phone, pbx, ok } = callUp();
  const hold = `${offer}a=sendonly\r\na=hold\r\n`;
  phone.send(
    [
      ...inDialogLines(phone, "INVITE", phoneDialog(ok, 11), [
        "Contact: <sip:1001@192.0.2.10:40000>",
        "Content-Type: application/sdp",
      ]),
    ],
    hold,
  );
  phone.response(100);
  const { message: reinvite, text } = pbx.request("INVITE");
  expect(text).toContain("a=hold");
  expect(text).not.toContain("192.0.2.10");
  pbx.send(
    [...replyLines(reinvite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"],
    answer,
  );
  pbx.request("ACK");
  phone.response(200);
  phone.send(inDialogLines(phone, "ACK", phoneDialog(ok, 11)));
  expect(phone.inbox).toHaveLength(0);
});

test("an INVITE without SDP: the offer comes in the 200, the answer goes with the ACK", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send(inviteLines(phone));
  phone.response(100);
  const pbx = world.pbx();
  const { message: invite } = pbx.request("INVITE");
  expect(invite.body).toHaveLength(0);
  pbx.send([...replyLines(invite, "200 OK", ["Contact: <sip:600@10.0.0.5>"]), "Content-Type: application/sdp"], answer);
  const { message: ok, text } = phone.response(200);
  expect(text).toContain("anchored-for-a");
  expect(pbx.inbox).toHaveLength(0);
  phone.send([...inDialogLines(phone, "ACK", phoneDialog(ok, 10)), "Content-Type: application/sdp"], offer);
  expect(pbx.request("ACK").text).toContain("anchored-for-b");
});
