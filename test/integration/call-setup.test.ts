import { expect, test } from "vitest";
import { callUp } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { answer, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

test("a call carries the account registered on the flow, whatever From and the identity headers say", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const forged = ["P-Asserted-Identity: <sip:boss@pbx.example.com>", "Remote-Party-ID: <sip:boss@pbx.example.com>"];
  phone.send(
    [
      ...inviteLines(phone, { from: '"Boss" <sip:boss@pbx.example.com>', extra: forged }),
      "Content-Type: application/sdp",
    ],
    offer,
  );
  const { text, message } = world.pbx().request("INVITE");
  expect(message.headers.get("From")).toMatch(/^<sip:1001@pbx\.example\.com>;tag=/);
  expect(text.toLowerCase()).not.toContain("boss");
});

test("RFC 3323 §4.2: a phone that wants not to be named says so to the PBX, and still calls as its account", () => {
  const wish = (extra: readonly string[]) => {
    const world = new EdgeWorld();
    const phone = world.phone();
    registered(world, phone);
    const from = '"Anonymous" <sip:anonymous@anonymous.invalid>';
    phone.send([...inviteLines(phone, { from, extra }), "Content-Type: application/sdp"], offer);
    return world.pbx().request("INVITE").message.headers;
  };
  const hidden = wish(["Privacy: header;user ; critical"]);
  expect(hidden.all("Privacy")).toEqual(["id"]);
  expect(hidden.get("From")).toMatch(/^<sip:1001@pbx\.example\.com>;tag=/);
  expect(wish(["Privacy: none"]).has("Privacy")).toBe(false);
});

test("nothing of one side's Call-ID, tags, Via, Contact and sequence is seen on the other", () => {
  const { world, invite } = callUp();
  const toPbx = world.sent.filter((s) => s.flow.side === "core").map((s) => s.text);
  const toPhone = world.sent.filter((s) => s.flow.side === "phone").map((s) => s.text);
  for (const text of toPbx) {
    for (const secret of ["192.0.2.10", "203.0.113.1", "call-of-the-phone", "tag=caller", "z9hG4bK-test"]) {
      expect(text).not.toContain(secret);
    }
  }
  for (const text of toPhone) {
    for (const secret of ["10.0.0.5", "10.0.0.2", invite.callId, "tag=peer", "mss", invite.via.branch ?? "?"]) {
      expect(text).not.toContain(secret);
    }
  }
});

test("a call from the PBX reaches the phone over its flow, with the phone's own Contact as target", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  const register = registered(world, phone);
  const contact = register.headers.get("Contact") ?? "";
  const target = contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"));
  const pbx = world.pbx();
  const from = '"Anna" <sip:1002@10.0.0.5>';
  pbx.send(
    [
      ...inviteLines(pbx, { to: target, from, callId: "18BF67854AE23D6D2CD772AFMSS002A0001." }),
      "Content-Type: application/sdp",
    ],
    answer,
  );
  pbx.response(100);
  const { message: invite, text } = phone.request("INVITE");
  expect(invite.requestUri.raw).toBe("sip:1001@192.0.2.10:40000;transport=udp");
  expect(invite.headers.get("From")).toMatch(/^"?Anna"? <sip:1002@pbx\.example\.com>;tag=/);
  expect(text).not.toContain("MSS002A0001");
  expect(text).not.toContain("10.0.0");
  phone.send(replyLines(invite, "486 Busy Here"));
  phone.request("ACK");
  pbx.response(486);
  expect(world.core.counts().calls).toBe(0);
});

test("a call for a phone that is gone is answered 480", () => {
  const world = new EdgeWorld();
  const pbx = world.pbx();
  pbx.send(
    [...inviteLines(pbx, { to: "sip:1001@10.0.0.2:5060;rf=0123456789abcdef" }), "Content-Type: application/sdp"],
    answer,
  );
  pbx.response(100);
  pbx.response(480);
});

test("media that cannot be had refuses the call with the relay's reason", () => {
  const world = new EdgeWorld();
  world.media = () => ({ ok: false, status: 503, reason: "no-port", text: "No media port free" });
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  phone.response(100);
  expect(phone.response(503).text).toContain("SIP/2.0 503 No media port free");
  expect(world.pbx().inbox).toHaveLength(0);
  expect(world.core.counts().calls).toBe(0);
});

test("a carrier's call reaches the PBX from the trunks' socket and never from the phones'", () => {
  const world = new EdgeWorld();
  const carrier = world.carrier();
  carrier.send(
    [
      ...inviteLines(carrier, { to: "sip:+15550100@203.0.113.1", from: "<sip:+4930123@198.51.100.7>" }),
      "Content-Type: application/sdp",
    ],
    offer,
  );
  carrier.response(100);
  const { message, text } = world.pbx("trunks").request("INVITE");
  expect(message.requestUri.raw).toBe("sip:+15550100@10.0.0.5");
  expect(text).not.toContain("198.51.100.7");
  expect(world.pbx("phones").inbox).toHaveLength(0);
});

test("a call the PBX sends to the trunks' socket goes to the carrier", () => {
  const world = new EdgeWorld();
  const pbx = world.pbx("trunks");
  pbx.send(
    [
      ...inviteLines(pbx, { to: "sip:+4930123@10.0.0.3", from: "<sip:1001@10.0.0.5>" }),
      "Content-Type: application/sdp",
    ],
    offer,
  );
  pbx.response(100);
  const { message, text } = world.carrier().request("INVITE");
  expect(message.requestUri.raw).toBe("sip:+4930123@198.51.100.7");
  expect(text).not.toContain("10.0.0.");
});
