/** Toll fraud: whoever has a password calls numbers that pay him, by whatever way leads out. None does. */
import { expect, test } from "vitest";
import { allMethods, callUp, phoneDialog } from "../support/call-up.ts";
import { dial } from "../support/carrier-call.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { answer, inDialogLines, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const sdp = "Content-Type: application/sdp";
const rules = "policy: { destinations: [{ list: high-risk, action: reject }] }";
const here = "Contact: <sip:1001@192.0.2.10:40000>";

test("a phone does not reach a satellite network, and the PBX hears nothing of it", () => {
  const world = new EdgeWorld(rules);
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone, { to: "sip:0088-16.1234567@pbx.example.com" }), sdp], offer);
  expect(phone.response(403).message.reason).toBe("Destination Barred");
  expect(world.pbx().inbox).toEqual([]);
  expect(world.events("refused")).toMatchObject([{ rule: "destination", reason: "high-risk-destination" }]);
});

test("a forwarding that somebody set up in the PBX does not leave by a carrier", () => {
  const world = new EdgeWorld(rules);
  const pbx = world.pbx("trunks");
  pbx.send([...inviteLines(pbx, { to: "sip:00881612345678@10.0.0.3", from: "<sip:1001@10.0.0.5>" }), sdp], offer);
  pbx.response(403);
  expect(world.carrier().inbox).toEqual([]);
});

test("a phone cannot have the PBX call it by REFER", () => {
  const { phone, pbx, ok } = callUp(new EdgeWorld(rules, { phones: allMethods }));
  const referTo = "Refer-To: <sip:+881612345678@pbx.example.com>";
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 11), [referTo, here]));
  phone.response(403);
  expect(pbx.inbox).toEqual([]);
  const plain = "Refer-To: <tel:+49-30-123456>";
  phone.send(inDialogLines(phone, "REFER", phoneDialog(ok, 12), [plain, here]));
  pbx.request("REFER");
});

test("a phone that forwards to it names nobody", () => {
  const world = new EdgeWorld(rules);
  const phone = world.phone();
  const contact = registered(world, phone).headers.get("Contact") ?? "";
  const pbx = world.pbx();
  pbx.send([...inviteLines(pbx, { to: contact.slice(1, contact.indexOf(">")), callId: "from-pbx" }), sdp], answer);
  pbx.response(100);
  const { message } = phone.request("INVITE");
  phone.send(replyLines(message, "302 Moved Temporarily", ["Contact: <sip:00881612345678@192.0.2.99>"]));
  phone.request("ACK");
  expect(pbx.response(480).text).not.toContain("8816");
  expect(world.events("refused")).toMatchObject([{ rule: "destination", reason: "high-risk-destination" }]);
});

test("nor may a phone forward abroad whose account may not call there", () => {
  const world = new EdgeWorld("policy: { country: DE, accounts: { default: { international: false } } }");
  const phone = world.phone();
  const contact = registered(world, phone).headers.get("Contact") ?? "";
  const pbx = world.pbx();
  pbx.send([...inviteLines(pbx, { to: contact.slice(1, contact.indexOf(">")), callId: "from-pbx" }), sdp], answer);
  pbx.response(100);
  const { message } = phone.request("INVITE");
  phone.send(replyLines(message, "302 Moved Temporarily", ["Contact: <sip:0033140000000@192.0.2.99>"]));
  phone.request("ACK");
  expect(pbx.response(480).text).not.toContain("3314");
  expect(world.events("refused")).toMatchObject([{ rule: "international", reason: "international-barred" }]);
});

test("a carrier that would read the number as another one does not get the call of one that failed", () => {
  const trunk = (name: string, host: string, code: string) => `
  - name: ${name}
    hosts: [{ uri: "sip:${host}" }]
    from: [${host}]
    numbers: { country_code: "${code}", national_prefix: "0", format: e164 }`;
  const trunks = trunk("german", "198.51.100.1", "49") + trunk("british", "198.51.100.2", "44");
  const world = new EdgeWorld("policy: { destinations: [{ country: DE, action: allow }, { action: reject }] }", {
    trunks,
  });
  const pbx = dial(world, "030123456");
  const german = world.carrier("198.51.100.1", "german");
  german.send(replyLines(german.request("INVITE").message, "503 Service Unavailable"));
  pbx.response(500);
  expect(world.carrier("198.51.100.2", "british").inbox).toEqual([]);
});

test("in shadow the call goes on, counted and said", () => {
  const world = new EdgeWorld("policy: { destinations: [{ list: high-risk, action: reject, mode: shadow }] }");
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone, { to: "sip:00881612345678@pbx.example.com" }), sdp], offer);
  phone.response(100);
  world.pbx().request("INVITE");
  expect(world.events("shadow")).toMatchObject([{ rule: "destination", reason: "high-risk-destination" }]);
});

test.each(["112", "911", "+112"])(
  "threat L15: %s leaves by a carrier unmodified, past a rule that refuses everything",
  (number) => {
    const trunks = `
  - name: carrier
    mode: peer
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]
    numbers: { format: e164, country_code: "1", tech_prefix: "9*" }`;
    const world = new EdgeWorld("policy: { destinations: [{ action: reject }] }", { trunks });
    const pbx = world.pbx("trunks");
    pbx.send([...inviteLines(pbx, { to: `sip:${number}@10.0.0.3`, from: "<sip:1001@10.0.0.5>" }), sdp], offer);
    pbx.response(100);
    const { requestUri } = world.carrier().request("INVITE").message;
    expect(requestUri.kind === "sip" && requestUri.user).toBe(number);
  },
);

function tries(world: EdgeWorld, numbers: readonly string[]): void {
  const phone = world.phone();
  registered(world, phone);
  for (const [turn, number] of numbers.entries()) {
    phone.send([...inviteLines(phone, { to: `sip:${number}@pbx.example.com`, callId: `try-${turn}` }), sdp], offer);
  }
}

test("an account that tries which numbers are open is noticed at the fifth, and its office is not banned", () => {
  const world = new EdgeWorld("policy: { on_fraud: { action: suspend } }");
  tries(
    world,
    ["881", "882", "883", "870", "979"].map((code) => `+${code}61234567`),
  );
  expect(world.events("ban")).toMatchObject([{ account: "1001", reason: "refused-destinations", rule: "account" }]);
  expect(world.core.bans(world.now).map(({ kind }) => kind)).toEqual(["account"]);
  expect(world.core.suspended()).toMatchObject([{ account: "1001", reason: "refused-destinations" }]);
  const neighbour = world.phone("192.0.2.10", 40_001);
  registered(world, neighbour, { user: "1002", callId: "reg-1002" });
});

test("who redials a number that is barred tries nothing", () => {
  const world = new EdgeWorld("policy: { on_fraud: { action: suspend } }");
  tries(world, Array(9).fill("+88161234567"));
  expect(world.events("ban")).toEqual([]);
  expect(world.core.suspended()).toEqual([]);
});
