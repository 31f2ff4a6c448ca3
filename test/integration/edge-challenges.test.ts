/** `authentication: edge`: whatever the PBX challenges, Ringfence answers for the account, and no phone ever sees it. */
import type { Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { pbxDialog, phoneDialog } from "../support/call-up.ts";
import { challengeLines, edgeCallUp, proven, proves, type Site, siteUp, standingLines } from "../support/edge-call.ts";
import { inDialogLines, offer, replyLines } from "../support/sip-script.ts";

const here = "Contact: <sip:1001@192.0.2.10:40000;transport=tls>";
const sdp = "Content-Type: application/sdp";
const pidf =
  '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:1001@pbx.example.com"><tuple id="a"><status><basic>open</basic></status></tuple></presence>';

function toPhone({ world, phone }: Site): string {
  return world.sent
    .filter((sent) => sent.flow.id === phone.flow.id)
    .map((sent) => sent.text)
    .join("");
}

/** The PBX challenges the request it has just got; what it then gets. */
function challenged(site: Site, method: string, status: 401 | 407): { first: Request; second: Request } {
  const first = site.pbx.request(method).message;
  expect(first.headers.has("Authorization") || first.headers.has("Proxy-Authorization")).toBe(false);
  site.pbx.send(challengeLines(first, status));
  if (method === "INVITE") site.pbx.request("ACK");
  const second = site.pbx.request(method).message;
  expect(proves(second)).toBe(true);
  expect([second.callId, second.from.tag, second.cseq.number]).toEqual([
    first.callId,
    first.from.tag,
    first.cseq.number + 1,
  ]);
  return { first, second };
}

const standing: readonly (readonly [string, readonly string[], string])[] = [
  ["MESSAGE", standingLines("MESSAGE", "sip:1002@pbx.example.com", ["Content-Type: text/plain"]), "hello"],
  ["SUBSCRIBE", standingLines("SUBSCRIBE", "sip:1002@pbx.example.com", [here, "Event: dialog", "Expires: 300"]), ""],
  [
    "PUBLISH",
    standingLines("PUBLISH", "sip:1001@pbx.example.com", [
      "Event: presence",
      "Expires: 300",
      "Content-Type: application/pidf+xml",
    ]),
    pidf,
  ],
  ["OPTIONS", standingLines("OPTIONS", "sip:1002@pbx.example.com", []), ""],
];

test.each(standing.flatMap((row) => [401, 407].map((status) => [...row, status] as const)))(
  "a %s that the PBX challenges is sent again with the account's proof",
  (method, lines, body, status) => {
    const site = siteUp();
    proven(site, method, lines, body);
    const { second } = challenged(site, method, status === 401 ? 401 : 407);
    site.pbx.send(replyLines(second, "200 OK", ["Contact: <sip:1002@10.0.0.5>", "Expires: 300"]));
    site.phone.response(200);
    expect(toPhone(site)).not.toContain("myvoipapp");
  },
);

/** A refresh with the session as it is does not reach the PBX. */
const changed = offer.replace("o=- 1 1", "o=- 1 2").replace("4000", "4002");

const inside: readonly (readonly [string, readonly string[], string])[] = [
  ["INVITE", [here, sdp], changed],
  ["UPDATE", [here, sdp], changed],
  ["INFO", ["Content-Type: application/dtmf-relay"], "Signal=1\r\n"],
  ["MESSAGE", ["Content-Type: text/plain"], "hello"],
  ["OPTIONS", [], ""],
  ["REFER", [here, "Refer-To: <sip:1002@pbx.example.com>"], ""],
];

test.each(inside)("inside a call: a %s that the PBX challenges, as V26 did, is sent again", (method, extra, body) => {
  const call = edgeCallUp();
  const { world, phone, pbx } = call;
  phone.send(inDialogLines(phone, method, phoneDialog(call.ok, 11), extra), body);
  if (method === "INVITE") phone.response(100);
  const { second } = challenged(call, method, 407);
  expect(second.body.length > 0).toBe(body !== "");
  const contact = ["Contact: <sip:600@10.0.0.5>"];
  pbx.send(replyLines(second, method === "REFER" ? "202 Accepted" : "200 OK", contact));
  if (method === "INVITE") pbx.request("ACK");
  phone.response(method === "REFER" ? 202 : 200);
  expect(toPhone(call)).not.toContain("myvoipapp");
  // The dialog's numbers go on after the repetition.
  phone.send(inDialogLines(phone, "ACK", phoneDialog(call.ok, 11)));
  phone.send(inDialogLines(phone, "BYE", phoneDialog(call.ok, 12)));
  phone.response(200);
  expect(pbx.request("BYE").message.cseq.number).toBe(second.cseq.number + 1);
  expect(world.core.counts().calls).toBe(0);
});

test("a challenged BYE is sent again, though the call is gone on our side", () => {
  const call = edgeCallUp();
  call.phone.send(inDialogLines(call.phone, "BYE", phoneDialog(call.ok, 11)));
  call.phone.response(200);
  const { second } = challenged(call, "BYE", 407);
  call.pbx.send(replyLines(second, "200 OK"));
  call.world.advance(40_000);
  expect(call.pbx.inbox).toHaveLength(0);
  expect(call.world.core.counts()).toMatchObject({ calls: 0, transactions: { server: 0, client: 0 } });
});

test("a BYE of our own that the PBX challenges is sent again", () => {
  const call = edgeCallUp();
  call.world.feed({
    kind: "media-event",
    event: { kind: "inactive", call: call.world.events("call").at(-1)?.call ?? "" },
  });
  const { second } = challenged(call, "BYE", 401);
  expect(second.headers.get("Reason")).toContain("No media");
});

test("the notifications of a transfer name the REFER that the PBX took", () => {
  const call = edgeCallUp();
  const { phone, pbx } = call;
  const refer = [here, "Refer-To: <sip:1002@pbx.example.com>"];
  phone.send(inDialogLines(phone, "REFER", phoneDialog(call.ok, 11), refer));
  const { second } = challenged(call, "REFER", 407);
  pbx.send(replyLines(second, "202 Accepted", ["Contact: <sip:600@10.0.0.5>"]));
  phone.response(202);
  const about = [
    `Event: refer;id=${second.cseq.number}`,
    "Subscription-State: active;expires=60",
    "Contact: <sip:600@10.0.0.5>",
    "Content-Type: message/sipfrag;version=2.0",
  ];
  pbx.send(inDialogLines(pbx, "NOTIFY", pbxDialog(call.invite, 1), about), "SIP/2.0 180 Ringing\r\n");
  expect(phone.request("NOTIFY").message.headers.get("Event")).toBe("refer;id=11");
});

test("a NOTIFY that a phone owes the PBX for its transfer is sent again", () => {
  const call = edgeCallUp();
  const { phone, pbx } = call;
  const wanted = ["Contact: <sip:600@10.0.0.5>", "Refer-To: <sip:1002@10.0.0.5>"];
  pbx.send(inDialogLines(pbx, "REFER", pbxDialog(call.invite, 5), wanted));
  const asked = phone.request("REFER").message;
  phone.send(replyLines(asked, "202 Accepted", [here]));
  pbx.response(202);
  const about = [
    here,
    "Event: refer",
    "Subscription-State: active;expires=60",
    "Content-Type: message/sipfrag;version=2.0",
  ];
  phone.send(inDialogLines(phone, "NOTIFY", phoneDialog(call.ok, 11), about), "SIP/2.0 100 Trying\r\n");
  const { second } = challenged(call, "NOTIFY", 407);
  pbx.send(replyLines(second, "200 OK"));
  phone.response(200);
});

test("a subscription begun and refreshed through challenges is one dialog with rising numbers", () => {
  const site = siteUp();
  const { phone, pbx, world } = site;
  const lines = standingLines("SUBSCRIBE", "sip:1002@pbx.example.com", [here, "Event: dialog", "Expires: 300"]);
  proven(site, "SUBSCRIBE", lines);
  const { second } = challenged(site, "SUBSCRIBE", 407);
  pbx.send(replyLines(second, "200 OK", ["Contact: <sip:1002@10.0.0.5>", "Expires: 300"]));
  const ok = phone.response(200).message;
  const dialog = { ...phoneDialog(ok, 8), target: "sip:1002@203.0.113.1:5061;transport=tls" };
  phone.send(inDialogLines(phone, "SUBSCRIBE", dialog, [here, "Event: dialog", "Expires: 300"]));
  const again = challenged(site, "SUBSCRIBE", 401);
  expect(again.first.cseq.number).toBe(second.cseq.number + 1);
  pbx.send(replyLines(again.second, "200 OK", ["Expires: 300"]));
  phone.response(200);
  expect(world.core.counts().subscriptions).toBe(1);
});

test("a password that the PBX does not take is refused once, with 403 and a line in the log", () => {
  const site = siteUp();
  const [message] = standing;
  if (message === undefined) throw new Error("no MESSAGE");
  proven(site, "MESSAGE", message[1], message[2]);
  const { second } = challenged(site, "MESSAGE", 407);
  site.pbx.send(challengeLines(second));
  expect(site.phone.response(403).text).not.toContain("myvoipapp");
  expect(site.pbx.inbox).toHaveLength(0);
  expect(site.world.events("request").some((e) => e.reason === "refused-by-pbx" && e.account === "1001")).toBe(true);
});
