import { expect, test } from "vitest";
import { allMethods, callUp } from "../support/call-up.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { branch, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";
import { atPbx, busy, event, notify, watching } from "../support/watching.ts";

test("RFC 6665: a subscription is a dialog pair; the PBX says how long, and a document crosses in our own words", () => {
  const w = watching("dialog");
  expect(w.subscribe.from.uri.kind === "sip" && w.subscribe.from.uri.user).toBe("1001");
  expect(w.subscribe.headers.get("Accept")).toBe("application/dialog-info+xml");
  expect(w.subscribe.callId).not.toBe("watch-dialog");
  expect(w.ok.headers.get("Expires")).toBe("300");
  notify(w, 1, event("dialog", "application/dialog-info+xml"), busy("unknown@10.0.0.5", "l1", "r1"));
  const { message, text } = w.phone.request("NOTIFY");
  expect([message.callId, message.to.tag, message.from.tag]).toEqual(["watch-dialog", "watcher", w.ok.to.tag]);
  expect(text).not.toMatch(/10\.0\.0\.|call-id|local-tag|secret|unknown@/);
  expect(text).toContain('<identity display="A &amp; B">sip:1002@pbx.example.com</identity>');
  expect(text).toContain("<identity>sip:600@pbx.example.com</identity>");
  expect(text).toContain('version="7" state="full" entity="sip:1002@pbx.example.com"');
  expect(text).toContain("<state>early</state>");
  w.phone.send(replyLines(message, "200 OK"));
  w.pbx.response(200);
});

test("RFC 4235 §4.4: the state of a dialog is written in small letters, however the PBX writes it", () => {
  const w = watching("dialog");
  const body = busy("unknown@10.0.0.5", "l1", "r1").replace(":state>early<", ":state>Trying<");
  notify(w, 1, event("dialog", "application/dialog-info+xml"), body);
  expect(w.phone.request("NOTIFY").text).toContain("<state>trying</state>");
});

test("waiting messages that the PBX tells unasked reach the phone's binding, with the phone's own account", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  const contact = registered(world, phone).headers.get("Contact") ?? "";
  const pbx = world.pbx();
  const lines = (name: string) => [
    `NOTIFY ${contact.slice(contact.indexOf("<") + 1, contact.indexOf(">"))} SIP/2.0`,
    `Via: SIP/2.0/UDP 10.0.0.5;branch=${branch()};rport`,
    "Max-Forwards: 70",
    "From: <sip:asterisk@10.0.0.5>;tag=mwi",
    "To: <sip:1001@10.0.0.2>",
    `Call-ID: mwi-${name}`,
    "CSeq: 1 NOTIFY",
    atPbx,
    ...event(name, "application/simple-message-summary", "active"),
  ];
  const summary =
    "Messages-Waiting: yes\r\nMessage-Account: sip:*97@10.0.0.5\r\nVoice-Message: 2/8 (0/2)\r\nX-Secret: 10.0.0.9\r\n";
  pbx.send(lines("message-summary"), summary);
  const { message, text } = phone.request("NOTIFY");
  expect(Buffer.from(message.body).toString()).toBe(
    "Messages-Waiting: yes\r\nMessage-Account: sip:1001@pbx.example.com\r\nVoice-Message: 2/8 (0/2)\r\n",
  );
  expect(text).not.toContain("10.0.0.");
  phone.send(replyLines(message, "200 OK"));
  pbx.response(200);
  pbx.send(lines("dialog"), summary);
  pbx.response(489);
});

test.each([
  ["a document type", '<!DOCTYPE x [<!ENTITY a "b">]><dialog-info version="1"/>'],
  ["open elements", "<dialog-info version='1'><a><b></a></b></dialog-info>"],
  ["no end", "<dialog-info version='1'"],
  ["depth", `${"<a>".repeat(40)}${"</a>".repeat(40)}`],
  ["many elements", `<dialog-info version="1">${"<a/>".repeat(3500)}</dialog-info>`],
  ["CDATA", '<dialog-info version="1"><![CDATA[x]]></dialog-info>'],
  ["two roots", '<dialog-info version="1"/><dialog-info version="2"/>'],
  ["two attributes of one name", '<dialog-info version="1" version="2"/>'],
  ["another document", '<presence version="1"/>'],
  ["nothing readable", "\u0000\u00ff<<>>&&"],
])("threat L14: a document with %s is answered 400 and reaches no phone", (_what, body) => {
  const w = watching("dialog");
  notify(w, 1, event("dialog", "application/dialog-info+xml"), body);
  w.pbx.response(400);
  expect(w.phone.inbox).toHaveLength(0);
  expect(w.world.core.counts().subscriptions).toBe(1);
});

test("a call that is watched can be picked up by the name in its document, which says nothing of the real one", () => {
  const call = callUp(new EdgeWorld("", { phones: allMethods }));
  const { world, invite, ok, pbx } = call;
  const watcher = world.phone("192.0.2.20", 5070);
  registered(world, watcher, { user: "1003" });
  const w = watching("dialog", world, watcher);
  const body = busy(invite.callId, "peer", invite.from.tag ?? "").replaceAll("early", "confirmed");
  notify(w, 1, event("dialog", "application/dialog-info+xml"), body);
  const { text } = watcher.request("NOTIFY");
  const value = (name: string) => text.split(`${name}="`)[1]?.split('"')[0] ?? "";
  for (const secret of [invite.callId, invite.from.tag, ok.callId, ok.to.tag]) expect(text).not.toContain(secret);
  const replaces = `${value("call-id")};to-tag=${value("local-tag")};from-tag=${value("remote-tag")}`;
  const pickup = (name: string) => {
    const from = "<sip:1003@pbx.example.com>";
    const extra = [`Replaces: ${name}`, "Content-Type: application/sdp"];
    watcher.send(inviteLines(watcher, { from, callId: `pickup-${branch()}`, extra }), offer);
    watcher.response(100);
  };
  pickup(replaces.replace("from-tag=", "from-tag=0"));
  watcher.response(481);
  pickup(replaces);
  expect(pbx.request("INVITE").message.headers.get("Replaces")).toBe(
    `${invite.callId};to-tag=peer;from-tag=${invite.from.tag}`,
  );
});

test("PUBLISH: one's own presence reaches the PBX in our words, its entity tag comes back", () => {
  const world = new EdgeWorld("", { phones: allMethods });
  const phone = world.phone();
  registered(world, phone);
  const lines = (user: string) => [
    `PUBLISH sip:${user}@pbx.example.com SIP/2.0`,
    `Via: SIP/2.0/UDP 192.0.2.10:40000;branch=${branch()};rport`,
    "Max-Forwards: 70",
    "From: <sip:1001@pbx.example.com>;tag=p",
    `To: <sip:${user}@pbx.example.com>`,
    `Call-ID: publish-${user}`,
    "CSeq: 1 PUBLISH",
    "Event: presence",
    "Expires: 600",
    "SIP-If-Match: abc123",
    "Content-Type: application/pidf+xml",
  ];
  const pidf =
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1001@pbx.example.com"><tuple id="a"><status><basic>closed</basic></status><contact>sip:1001@192.0.2.10</contact></tuple><dm:person xmlns:dm="d"><rpid:activities xmlns:rpid="r"><rpid:on-the-phone/><rpid:evil/></rpid:activities></dm:person></presence>';
  phone.send(lines("1001"), pidf);
  const { message, text } = world.pbx().request("PUBLISH");
  expect(message.headers.get("SIP-If-Match")).toBe("abc123");
  expect(text).toContain("<basic>closed</basic>");
  expect(text).toContain("<rpid:on-the-phone/>");
  expect(text).not.toMatch(/192\.0\.2\.10|evil/);
  world.pbx().send(replyLines(message, "200 OK", ["SIP-ETag: def456", "Expires: 300"]));
  const { message: done } = phone.response(200);
  expect([done.headers.get("SIP-ETag"), done.headers.get("Expires")]).toEqual(["def456", "300"]);
  phone.send(lines("1002"), pidf);
  phone.response(403);
  expect(world.pbx().inbox).toHaveLength(0);
});
