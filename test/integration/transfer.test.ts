import { expect, test } from "vitest";
import { allMethods, callUp, pbxDialog, phoneDialog } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { answer, branch, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const up = () => callUp(new EdgeWorld("", { phones: allMethods }));
const here = "Contact: <sip:1001@192.0.2.10:40000>";

/** The phone of `call` makes a second call, to 700, which is answered. */
function consultation(call: ReturnType<typeof callUp>) {
  const { phone, pbx } = call;
  phone.send(
    [
      ...inviteLines(phone, { to: "sip:700@pbx.example.com", callId: "second@192.0.2.10" }),
      "Content-Type: application/sdp",
    ],
    offer,
  );
  phone.response(100);
  const { message: invite } = pbx.request("INVITE");
  pbx.send(
    [...replyLines(invite, "200 OK", ["Contact: <sip:700@10.0.0.5>"], "target"), "Content-Type: application/sdp"],
    answer,
  );
  pbx.request("ACK");
  const { message: ok } = phone.response(200);
  phone.send(inDialogLines(phone, "ACK", { ...phoneDialog(ok, 10), target: "sip:700@203.0.113.1:5060" }));
  return { invite, ok };
}

test("RFC 3515: a blind transfer reaches the PBX as a user at its own domain, its notifications come back with our words only", () => {
  const { world, phone, pbx, invite, ok } = up();
  const referTo = "Refer-To: Boss <sip:1002@203.0.113.1;x=y?Subject=evil>";
  const claim = "Referred-By: <sip:boss@pbx.example.com>";
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 11), [referTo, claim, here]));
  const { message: refer, text } = pbx.request("REFER");
  expect(refer.headers.get("Refer-To")).toBe("<sip:1002@pbx.example.com>");
  expect(refer.headers.get("Referred-By")).toBe("<sip:1001@pbx.example.com>");
  expect(text).not.toMatch(/evil|boss|192\.0\.2\.10/i);
  pbx.send(replyLines(refer, "202 Accepted", ["Contact: <sip:600@10.0.0.5>"]));
  phone.response(202);
  const notify = (cseq: number, state: string, line: string) =>
    pbx.send(
      inDialogLines(pbx, "NOTIFY", pbxDialog(invite, cseq), [
        `Event: refer;id=${refer.cseq.number}`,
        `Subscription-State: ${state}`,
        "Contact: <sip:600@10.0.0.5>",
        "Content-Type: message/sipfrag;version=2.0",
      ]),
      line,
    );
  notify(1, "active;expires=60", "SIP/2.0 180 Ringing at 10.0.0.9\r\nContact: <sip:x@10.0.0.9>\r\n");
  const first = phone.request("NOTIFY");
  expect(Buffer.from(first.message.body).toString()).toBe("SIP/2.0 180 Ringing\r\n");
  expect(first.message.headers.get("Event")).toBe("refer;id=11");
  expect(first.message.headers.get("Subscription-State")).toBe("active;expires=60");
  phone.send(replyLines(first.message, "200 OK"));
  pbx.response(200);
  notify(2, "terminated;reason=noresource", "SIP/2.0 200 OK\r\n");
  const last = phone.request("NOTIFY");
  expect(last.message.headers.get("Subscription-State")).toBe("terminated;reason=noresource");
  phone.send(replyLines(last.message, "200 OK"));
  pbx.response(200);
  notify(3, "terminated", "SIP/2.0 200 OK\r\n");
  pbx.response(481);
  expect(world.core.counts().calls).toBe(1);
});

test("a phone that calls every notification of a transfer the last one, as SIP.js does, is heard to the end", () => {
  const { phone, pbx, invite, ok } = up();
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 11), ["Refer-To: <sip:1002@pbx.example.com>", here]));
  pbx.send(replyLines(pbx.request("REFER").message, "202 Accepted", ["Contact: <sip:600@10.0.0.5>"]));
  phone.response(202);
  const said = ["100 Trying", "180 Ringing", "200 OK", "200 OK"].map((line, i) => {
    const headers = ["Event: refer", "Subscription-State: terminated", "Contact: <sip:600@10.0.0.5>"];
    const fragment = [...headers, "Content-Type: message/sipfrag"];
    pbx.send(inDialogLines(pbx, "NOTIFY", pbxDialog(invite, i + 1), fragment), `SIP/2.0 ${line}`);
    const heard = phone.inbox.shift()?.message;
    if (heard?.kind !== "request") return pbx.next().text.slice(8, 11);
    phone.send(replyLines(heard, "200 OK"));
    pbx.response(200);
    return Buffer.from(heard.body).toString();
  });
  expect(said).toEqual(["SIP/2.0 100 Trying\r\n", "SIP/2.0 180 Ringing\r\n", "SIP/2.0 200 OK\r\n", "481"]);
});

test("RFC 5589: an attended transfer names the other call in the PBX's Call-ID and tags", () => {
  const call = up();
  const { phone, pbx, ok } = call;
  const second = consultation(call);
  const replaces = encodeURIComponent(`second@192.0.2.10;to-tag=${second.ok.to.tag};from-tag=${second.ok.from.tag}`);
  const referTo = `Refer-To: <sip:700@pbx.example.com?Require=replaces&Replaces=${replaces}>`;
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 11), [referTo, here]));
  const { message: refer } = pbx.request("REFER");
  const there = `${second.invite.callId};to-tag=target;from-tag=${second.invite.from.tag}`;
  expect(refer.headers.get("Refer-To")).toBe(`<sip:700@pbx.example.com?Replaces=${encodeURIComponent(there)}>`);
});

test("RFC 3891: an INVITE with Replaces names the PBX's dialog; one that names no call here is answered 481", () => {
  const { phone, pbx, invite, ok } = up();
  const name = `${ok.callId};to-tag=${ok.to.tag};from-tag=${ok.from.tag};early-only`;
  for (const [place, unknown] of [
    "x;to-tag=1;from-tag=2",
    name.replace("from-tag=", "from-tag=z"),
    `other${name}`,
  ].entries()) {
    const lines = [`Replaces: ${unknown}`, "Content-Type: application/sdp"];
    phone.send(inviteLines(phone, { callId: `unknown-${place}`, extra: lines }), offer);
    phone.response(100);
    phone.response(481);
  }
  expect(pbx.inbox).toHaveLength(0);
  const extra = [`Replaces: ${name}`, "Require: replaces", "Content-Type: application/sdp"];
  phone.send(inviteLines(phone, { callId: "third", extra }), offer);
  phone.response(100);
  const { message } = pbx.request("INVITE");
  expect(message.headers.get("Replaces")).toBe(`${invite.callId};to-tag=peer;from-tag=${invite.from.tag};early-only`);
  expect(message.headers.all("Require")).toEqual(["replaces"]);
});

test.each([
  ["<sip:1002@198.51.100.99>", 403],
  ["<sip:198.51.100.99>", 400],
  ["<sip:1002@pbx.example.com;method=BYE>", 403],
  ["<https://198.51.100.99/>", 400],
  ["<sip:1002@pbx.example.com?Replaces=made-up%3Bto-tag%3D1%3Bfrom-tag%3D2>", 400],
  ["<sip:1002@pbx.example.com?Replaces=%00%0d%0aX>", 400],
])("Refer-To: %s is answered %i and reaches nobody", (referTo, status) => {
  const { world, phone, pbx, ok } = up();
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 11), [`Refer-To: ${referTo}`, here]));
  phone.response(status);
  expect(pbx.inbox).toHaveLength(0);
  expect(world.core.counts().calls).toBe(1);
});

test("threat L5: somebody else's call cannot be named in a transfer", () => {
  const call = up();
  const other = call.world.phone("192.0.2.77", 5070);
  other.send(inDialogLines(other, "REFER", phoneDialog(call.ok, 11), ["Refer-To: <sip:1002@pbx.example.com>", here]));
  expect(other.next().text).toMatch(/^SIP\/2.0 (403|405|481)/);
  expect(call.pbx.inbox).toHaveLength(0);
});

test("a REFER of the PBX reaches the phone, and a notification of a transfer nobody asked for does not", () => {
  const { phone, pbx, invite } = up();
  pbx.send(
    inDialogLines(pbx, "REFER", pbxDialog(invite, 1), ["Refer-To: <sip:1002@10.0.0.5>", "Contact: <sip:600@10.0.0.5>"]),
  );
  const { message: refer, text } = phone.request("REFER");
  expect(refer.headers.get("Refer-To")).toBe("<sip:1002@pbx.example.com>");
  expect(text).not.toContain("10.0.0.");
  pbx.send(
    inDialogLines(pbx, "NOTIFY", pbxDialog(invite, 2), [
      "Event: refer",
      "Subscription-State: active",
      "Contact: <sip:600@10.0.0.5>",
      "Content-Type: message/sipfrag",
    ]),
    "SIP/2.0 200 OK\r\n",
  );
  pbx.response(481);
});

test("switched off, REFER is answered 405 and Replaces is not looked at", () => {
  const { phone, pbx, ok } = callUp();
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 11), ["Refer-To: <sip:1002@pbx.example.com>", here]));
  phone.response(405);
  phone.send(inviteLines(phone, { callId: "again", extra: ["Replaces: x;to-tag=1;from-tag=2", "Require: replaces"] }));
  phone.response(420);
  expect(pbx.inbox).toHaveLength(0);
  expect(ok.headers.get("Allow")).not.toContain("REFER");
  const on = up().ok.headers;
  expect([on.get("Allow"), on.get("Supported")]).toEqual([expect.stringContaining("REFER"), "replaces, tdialog"]);
});

test("In-Reply-To names a call that is over in the other side's Call-ID, and a Call-ID of nobody crosses nowhere", () => {
  const { phone, pbx, invite, ok } = callUp();
  phone.send(inDialogLines(phone, "BYE", phoneDialog(ok, 11)));
  phone.response(200);
  pbx.send(replyLines(pbx.request("BYE").message, "200 OK"));
  const extra = [`In-Reply-To: unknown@10.0.0.5, ${ok.callId}, __proto__`, "Content-Type: application/sdp"];
  phone.send(inviteLines(phone, { callId: "call-back", extra }), offer);
  expect(pbx.request("INVITE").message.headers.get("In-Reply-To")).toBe(invite.callId);
});

function asideLines(target: string, callId = "beside@192.0.2.10"): readonly string[] {
  return [
    "REFER sip:600@pbx.example.com SIP/2.0",
    `Via: SIP/2.0/UDP 192.0.2.10:40000;branch=${branch()};rport`,
    "Max-Forwards: 70",
    "From: <sip:1001@pbx.example.com>;tag=beside",
    "To: <sip:600@pbx.example.com>",
    `Call-ID: ${callId}`,
    "CSeq: 1 REFER",
    here,
    "Require: tdialog",
    "Refer-To: <sip:1002@pbx.example.com>",
    `Target-Dialog: ${target}`,
  ];
}

test("RFC 4538: a REFER beside the call transfers it; its notifications come in the dialog that it made", () => {
  const { world, phone, pbx, invite, ok } = up();
  const target = `${ok.callId};local-tag=caller;remote-tag=${ok.to.tag}`;
  phone.send(asideLines(target));
  const { message: refer } = pbx.request("REFER");
  expect([refer.callId, refer.to.tag, refer.headers.has("Target-Dialog")]).toEqual([invite.callId, "peer", false]);
  pbx.send(replyLines(refer, "202 Accepted", ["Contact: <sip:600@10.0.0.5>"]));
  const { message: accepted } = phone.response(202);
  expect(accepted.headers.get("Contact")).toContain("203.0.113.1");
  const notify = (cseq: number, state: string, line: string) =>
    pbx.send(
      inDialogLines(pbx, "NOTIFY", pbxDialog(invite, cseq), [
        `Event: refer;id=${refer.cseq.number}`,
        `Subscription-State: ${state}`,
        "Contact: <sip:600@10.0.0.5>",
        "Content-Type: message/sipfrag;version=2.0",
      ]),
      line,
    );
  notify(1, "active;expires=60", "SIP/2.0 180 Ringing\r\n");
  const { message: first } = phone.request("NOTIFY");
  expect([first.callId, first.from.tag, first.to.tag]).toEqual(["beside@192.0.2.10", accepted.to.tag, "beside"]);
  phone.send(replyLines(first, "200 OK"));
  pbx.response(200);
  // What becomes of that dialog is nothing to the call.
  notify(2, "active;expires=60", "SIP/2.0 183 Progress\r\n");
  const { message: second } = phone.request("NOTIFY");
  expect(second.cseq.number).toBe(first.cseq.number + 1);
  phone.send(replyLines(second, "481 Gone"));
  pbx.response(481);
  expect(world.core.counts().calls).toBe(1);
});

test("a REFER beside a call of somebody else, of none, or with nothing named, says why it is refused and reaches nobody", () => {
  const { world, phone, pbx, ok } = up();
  const target = `${ok.callId};local-tag=caller;remote-tag=${ok.to.tag}`;
  const stranger = world.phone("192.0.2.66", 40_000);
  registered(world, stranger, { user: "1002" });
  stranger.send(asideLines(target, "x1").map((l) => l.replaceAll("1001@", "1002@")));
  expect(stranger.response(403).text).toContain("Transfer inside the call only");
  for (const wrong of [`${ok.callId};local-tag=caller;remote-tag=guess`, "nothing", `${target}, ${target}`]) {
    phone.send(asideLines(wrong, branch()));
    phone.response(403);
  }
  expect(pbx.inbox).toHaveLength(0);
});
