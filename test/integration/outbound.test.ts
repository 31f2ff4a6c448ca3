import { expect, test } from "vitest";
import { edgeWorld, prove, registeredAtEdge } from "../support/edge-accounts.ts";
import { EdgeWorld, type Party, phoneDomain } from "../support/edge-world.ts";
import { branch, registered, registerLines, replyLines } from "../support/sip-script.ts";

const instance = '"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"';

function contact(regId: number, parts = `;+sip.instance=${instance}`): string {
  return `<sip:1001@192.0.2.20:50000;transport=tls>${parts};reg-id=${regId}`;
}

const supported = { extra: ["Supported: path, outbound"] };

function pair(world: EdgeWorld): readonly [Party, Party] {
  const [first, second] = [world.phone("192.0.2.20", 50_001, "tls"), world.phone("192.0.2.20", 50_002, "tls")];
  registered(world, first, { contact: contact(1), callId: "one", ...supported });
  registered(world, second, { contact: contact(2), callId: "two", ...supported });
  return [first, second];
}

/** The PBX calls the phone by the Contact it was given. */
function callFromPbx(world: EdgeWorld): void {
  const register = world.sent.findLast(({ text }) => text.startsWith("REGISTER"));
  const target = register?.text.split("Contact: <")[1]?.split(">")[0] ?? "";
  world
    .pbx()
    .send([
      `INVITE ${target} SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.5:5060;branch=${branch()}`,
      "Max-Forwards: 70",
      `From: <sip:1002@${phoneDomain}>;tag=caller`,
      `To: <sip:1001@${phoneDomain}>`,
      "Call-ID: pbx-call",
      "CSeq: 1 INVITE",
      "Contact: <sip:1002@10.0.0.5:5060>",
    ]);
}

test("outbound is answered with Require: outbound and a Flow-Timer, and only when all of it is asked for (RFC 5626 §6)", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.20", 50_001, "tls");
  let cseq = 0;
  const answerTo = (written: string, extra: readonly string[]) => {
    phone.send(registerLines(phone, { contact: written, extra, cseq: ++cseq }));
    world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "200 OK", ["Expires: 120"]));
    return phone.response(200).message.headers;
  };
  const full = answerTo(contact(1), supported.extra);
  expect([full.get("Require"), full.get("Flow-Timer")]).toEqual(["outbound", "120"]);
  for (const [written, extra] of [
    [contact(1), []],
    [contact(1, ""), supported.extra],
    [contact(0), supported.extra],
    [contact(2 ** 31), supported.extra],
  ] as const) {
    const headers = answerTo(written, extra);
    expect([written, headers.has("Require"), headers.has("Flow-Timer")]).toEqual([written, false, false]);
  }
});

test("two flows of one phone are one Contact to the PBX, and a call goes over the newer", () => {
  const world = new EdgeWorld();
  const [first, second] = pair(world);
  const contacts = world.sent
    .filter(({ text }) => text.startsWith("REGISTER"))
    .map((s) => s.message.headers.get("Contact"));
  expect(contacts[0]).toBe(contacts[1]);
  expect(world.core.counts().registrations).toBe(1);
  callFromPbx(world);
  expect(second.request("INVITE").message.requestUri.raw).toContain("sip:1001@192.0.2.20");
  expect(first.inbox).toHaveLength(0);
});

test("when the newer flow is lost the registration goes on over the older; when both are, it ends", () => {
  const world = new EdgeWorld();
  const [first, second] = pair(world);
  world.feed({ kind: "flow-lost", flowId: second.flow.id });
  expect(world.core.counts().registrations).toBe(1);
  callFromPbx(world);
  first.request("INVITE");
  world.feed({ kind: "flow-lost", flowId: first.flow.id });
  expect(world.core.counts().registrations).toBe(0);
});

test("an INVITE whose flow breaks goes out again over the other flow, and the call comes about", () => {
  const world = new EdgeWorld();
  const [first, second] = pair(world);
  callFromPbx(world);
  second.send(replyLines(second.request("INVITE").message, "180 Ringing"));
  world.feed({ kind: "flow-lost", flowId: second.flow.id });
  const { message } = first.request("INVITE");
  const body = "v=0\r\no=- 1 1 IN IP4 192.0.2.20\r\ns=-\r\nc=IN IP4 192.0.2.20\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";
  const lines = replyLines(message, "200 OK", [
    "Contact: <sip:1001@192.0.2.20:50000>",
    "Content-Type: application/sdp",
  ]);
  first.send(lines, body);
  const statuses = world.pbx().inbox.flatMap(({ message: m }) => (m.kind === "response" ? [m.status] : []));
  expect(statuses.at(-1)).toBe(200);
  expect(statuses).not.toContain(480);
});

test("a phone may call over either of its flows", () => {
  const world = new EdgeWorld();
  for (const phone of pair(world)) {
    phone.send([
      `INVITE sip:600@${phoneDomain} SIP/2.0`,
      `Via: SIP/2.0/TLS 192.0.2.20:50000;branch=${branch()}`,
      "Max-Forwards: 70",
      `From: <sip:1001@${phoneDomain}>;tag=${phone.flow.packetSource.port}`,
      `To: <sip:600@${phoneDomain}>`,
      `Call-ID: call-${phone.flow.packetSource.port}`,
      "CSeq: 1 INVITE",
      "Contact: <sip:1001@192.0.2.20:50000;transport=tls>",
    ]);
    expect(world.pbx().request("INVITE").message.from.uri).toMatchObject({ user: "1001" });
  }
});

test("a phone that registers flow after flow keeps only the newest few", () => {
  const world = new EdgeWorld();
  const flows = Array.from({ length: 8 }, (_, i) => world.phone("192.0.2.20", 50_001 + i, "tls"));
  for (const [i, phone] of flows.entries()) {
    registered(world, phone, { contact: contact(i + 1), callId: "many", cseq: i + 1, ...supported });
  }
  expect(world.core.counts().registrations).toBe(1);
  for (const phone of flows.slice(4).reverse()) world.feed({ kind: "flow-lost", flowId: phone.flow.id });
  expect(world.core.counts().registrations).toBe(0);
});

test("a new registration without outbound takes the place of every flow", () => {
  const world = new EdgeWorld();
  pair(world);
  const third = world.phone("192.0.2.20", 50_003, "tls");
  registered(world, third, { contact: contact(1), callId: "three" });
  world.feed({ kind: "flow-lost", flowId: third.flow.id });
  expect(world.core.counts().registrations).toBe(0);
});

test("RFC 5626 section 4.2: one flow of several is unregistered alone, and the PBX keeps its Contact", () => {
  const world = new EdgeWorld();
  const [first, second] = pair(world);
  second.send(registerLines(second, { contact: contact(2), callId: "two", cseq: 2, expires: 0, ...supported }));
  const { message } = world.pbx().request("REGISTER");
  expect(message.headers.get("Contact")).toContain(";expires=3600");
  world.pbx().send(replyLines(message, "200 OK", ["Expires: 120"]));
  expect(second.response(200).text).toContain("Contact: <sip:1001@192.0.2.20");
  expect(world.core.counts().registrations).toBe(1);
  callFromPbx(world);
  first.request("INVITE");
  first.send(registerLines(first, { contact: contact(1), callId: "one", cseq: 2, expires: 0, ...supported }));
  const last = world.pbx().inbox.findLast((sent) => sent.text.startsWith("REGISTER"))?.message;
  if (last?.kind !== "request") throw new Error("no REGISTER");
  expect(last.headers.get("Contact")).toContain(";expires=0");
  world.pbx().send(replyLines(last, "200 OK"));
  expect(world.core.counts().registrations).toBe(0);
});

test("with authentication at the edge too: a second flow, a refresh of each, and one flow unregistered without the PBX", () => {
  const world = edgeWorld({ phones: "registration: { phone_expires: 300s }" });
  const [first, second] = [world.phone("192.0.2.20", 50_001, "tls"), world.phone("192.0.2.20", 50_002, "tls")];
  registeredAtEdge(world, first, { contact: contact(1), callId: "one", ...supported });
  prove(second, { contact: contact(2), callId: "two", ...supported });
  expect(second.response(200).message.headers.get("Require")).toBe("outbound");
  world.feed({ kind: "flow-lost", flowId: second.flow.id });
  expect(world.core.counts().registrations).toBe(1);
  const third = world.phone("192.0.2.20", 50_003, "tls");
  prove(third, { contact: contact(2), callId: "three", ...supported });
  third.response(200);
  prove(first, { contact: contact(1), callId: "one", cseq: 5, expires: 0, ...supported });
  first.response(200);
  expect(world.pbx().inbox).toHaveLength(0);
  world.feed({ kind: "flow-lost", flowId: third.flow.id });
  expect(world.core.counts().registrations).toBe(0);
});

test("each flow is refreshed without the PBX, and one that is not refreshed ends alone", () => {
  const world = new EdgeWorld("", { phones: "registration: { phone_expires: 60s }" });
  const flows = [world.phone("192.0.2.20", 50_001, "tls"), world.phone("192.0.2.20", 50_002, "tls")];
  const refresh = (phone: Party, id: number, cseq: number) =>
    phone.send(registerLines(phone, { contact: contact(id), callId: `flow${id}`, cseq, ...supported }));
  for (const [i, phone] of flows.entries()) {
    refresh(phone, i + 1, 1);
    world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "200 OK", ["Expires: 3600"]));
    phone.response(200);
  }
  const [first, second] = flows;
  if (first === undefined || second === undefined) throw new Error("no flows");
  for (let round = 0; round < 5; round++) {
    world.advance(40_000);
    for (const [i, phone] of [first, second].entries()) {
      refresh(phone, i + 1, 2 + round);
      expect(phone.response(200).message.headers.get("Require")).toBe("outbound");
    }
  }
  expect(world.pbx().inbox).toHaveLength(0);
  for (let round = 0; round < 3; round++) {
    world.advance(40_000);
    refresh(first, 1, 9 + round);
    first.response(200);
  }
  callFromPbx(world);
  first.request("INVITE");
  expect(second.inbox).toHaveLength(0);
});

test("RFC 3327: Path and outbound go to a PBX that knows them, and to no other; a Service-Route is followed by nobody", () => {
  const registerAt = (pbx: string) => {
    const world = new EdgeWorld("", { pbx });
    const phone = world.phone("192.0.2.20", 50_001, "tls");
    const asked = registered(world, phone, { contact: contact(1), ...supported });
    return { world, phone, asked };
  };
  const plain = registerAt("address: 10.0.0.5:5060").asked;
  expect([plain.headers.has("Path"), plain.headers.has("Supported")]).toEqual([false, false]);
  expect(plain.headers.get("Contact")).not.toContain("reg-id");
  const { world, phone, asked } = registerAt("address: 10.0.0.5:5060\n  path: true");
  expect(asked.headers.get("Supported")).toBe("path, outbound");
  expect(asked.headers.get("Path")).toMatch(/^<sip:1001@10\.0\.0\.2:5060;rf=[0-9a-f]+;lr;ob>$/);
  expect(asked.headers.get("Contact")).toMatch(/\+sip\.instance="<urn:uuid:[0-9a-f-]{36}>";reg-id=1/);
  expect(asked.headers.get("Contact")).not.toMatch(/192\.0\.2|000A95A0E128/);
  phone.send(registerLines(phone, { contact: contact(1), callId: "again", ...supported }));
  const again = world.pbx().request("REGISTER").message;
  world.pbx().send(replyLines(again, "200 OK", ["Expires: 120", "Service-Route: <sip:10.0.0.9;lr>"]));
  expect(phone.response(200).text).not.toContain("10.0.0.");
  callFromPbx(world);
  phone.request("INVITE");
});

test("RFC 5923: an alias in a Via is no claim to a connection; a call goes over the flow that registered", () => {
  const world = new EdgeWorld();
  const stranger = world.phone("192.0.2.66", 50_001, "tls");
  const claim = registerLines(stranger, { callId: "alias" }).map((line) =>
    line.startsWith("Via:") ? `Via: SIP/2.0/TLS 192.0.2.20:50001;branch=${branch()};alias` : line,
  );
  stranger.send(claim);
  world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "403 Forbidden"));
  stranger.response(403);
  const owner = world.phone("192.0.2.20", 50_001, "tls");
  registered(world, owner);
  callFromPbx(world);
  owner.request("INVITE");
  expect(stranger.inbox).toHaveLength(0);
});
