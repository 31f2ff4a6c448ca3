import { expect, test } from "vitest";
import { callUp, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inDialogLines, inviteLines, offer, registered } from "../support/sip-script.ts";

test("while draining a new call is refused with Retry-After, on either side; registrations go on", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  world.core.drain();
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  expect(phone.response(503).message.headers.get("Retry-After")).toBe("30");
  registered(world, phone, { cseq: 2 });
  expect(world.core.counts()).toMatchObject({ calls: 0, registrations: 1, draining: true });
  expect(world.events("refused").at(-1)).toMatchObject({ reason: "draining", rule: "capacity" });
});

test("while draining an emergency call passes (threat L15)", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  world.core.drain();
  const lines = inviteLines(phone).map((line) => line.replace("INVITE sip:600@", "INVITE sip:112@"));
  phone.send([...lines, "Content-Type: application/sdp"], offer);
  phone.response(100);
  expect(world.pbx().request("INVITE").message.requestUri.raw).toContain("112");
});

test("while draining a call that is up goes on to its end", () => {
  const { world, phone, pbx, ok } = callUp();
  world.core.drain();
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 11)));
  phone.response(200);
  pbx.request("BYE");
  expect(world.core.counts()).toMatchObject({ calls: 0 });
});
