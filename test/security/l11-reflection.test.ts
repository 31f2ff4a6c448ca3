import type { Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { branch, inviteLines, offer, registered, replyLines } from "../support/sip-script.ts";

const methods = ["REGISTER", "INVITE", "OPTIONS", "BYE", "CANCEL", "SUBSCRIBE", "MESSAGE", "NOTIFY", "PUBLISH", "FOO"];
const challenge = 'Digest realm="myvoipapp.com", nonce="69318C2DAFCF4A208C3EC12FC949C016", algorithm=MD5, stale=true';

/** The shortest request that is still answered: the attacker's best ratio. */
function minimal(method: string, number: number, via: string): string {
  return [
    `${method} sip:1@pbx.example.com SIP/2.0`,
    `v:SIP/2.0/UDP ${via};branch=${branch()}`,
    "f:<sip:1@pbx.example.com>;tag=1",
    "t:<sip:1@pbx.example.com>",
    `i:${number}`,
    `CSeq:1 ${method}`,
    "Max-Forwards:9",
    "m:<sip:1@192.0.2.200>",
    "l:0",
    "",
    "",
  ].join("\r\n");
}

for (const method of methods) {
  test(`threat L11: 1,000 ${method} from forged sources get no more octets and no more packets than they sent`, () => {
    const world = new EdgeWorld();
    let octetsIn = 0;
    for (let i = 0; i < 1_000; i++) {
      const bytes = Buffer.from(minimal(method, i, `192.0.2.${1 + (i % 250)}:${1000 + i}`), "latin1");
      octetsIn += bytes.length;
      const source = world.phone(`192.0.2.${1 + (i % 250)}`, 1000 + i);
      source.sendRaw(bytes);
      for (const { message } of world.pbx().inbox.splice(0)) {
        const refused = replyLines(message as Request, "401 Unauthorized", [`WWW-Authenticate: ${challenge}`]);
        world.pbx().send(refused);
      }
    }
    world.advance(40_000);
    const out = world.sent.filter((s) => s.flow.side === "phone");
    expect(out.length).toBeLessThanOrEqual(1_000);
    expect(out.reduce((sum, s) => sum + s.text.length, 0)).toBeLessThanOrEqual(octetsIn);
  });
}

test("threat L11: an unparsable request is not answered with more than it sent either", () => {
  const world = new EdgeWorld();
  const source = world.phone("192.0.2.77", 5060);
  const text =
    "OPTIONS sip:a SIP/2.0\r\nv:SIP/2.0/UDP h;branch=z9hG4bK1\r\nf:<sip:a>;tag=1\r\nt:<sip:a>\r\ni:1\r\nCSeq:1 BYE\r\n\r\n";
  source.sendRaw(Buffer.from(text));
  for (const sent of world.sent) expect(sent.text.length).toBeLessThanOrEqual(text.length);
});

test("threat L11: answers go to the packet's source, whatever Via, maddr, received or Contact say", () => {
  const world = new EdgeWorld();
  for (const via of [
    "198.51.100.50:7777",
    "192.0.2.77:5060;maddr=198.51.100.51",
    "192.0.2.77:5060;received=198.51.100.52;rport=99",
  ]) {
    const source = world.phone("192.0.2.77", 31_000);
    // Long enough to be answered: a shorter one would get nothing, which proves nothing here.
    const asked = minimal("OPTIONS", 1, via).replace("l:0", `User-Agent: ${"x".repeat(200)}\r\nl:0`);
    source.sendRaw(Buffer.from(asked, "latin1"));
    expect(world.sent.at(-1)?.flow.packetSource).toEqual({ address: "192.0.2.77", port: 31_000 });
  }
  expect(world.sent.every((s) => s.flow.packetSource.address === "192.0.2.77")).toBe(true);
});

test("threat L11: a question too short for an answer is answered when it is repeated", () => {
  const world = new EdgeWorld();
  const source = world.phone("192.0.2.77", 5060);
  const pbx = world.pbx();
  const ask = (): void => {
    source.sendRaw(Buffer.from(minimal("REGISTER", 1, "192.0.2.77:5060"), "latin1"));
    const { message } = pbx.request("REGISTER");
    pbx.send(replyLines(message, "401 Unauthorized", [`WWW-Authenticate: ${challenge}`]));
  };
  ask();
  expect(source.inbox).toHaveLength(0);
  ask();
  source.response(401);
});

test("threat L11: a refused INVITE is not repeated at a source nobody validated", () => {
  const world = new EdgeWorld();
  const source = world.phone("192.0.2.77", 5060);
  source.send([...inviteLines(source), "Content-Type: application/sdp"], offer);
  source.response(403);
  world.advance(64_000);
  expect(source.inbox).toHaveLength(0);
  expect(world.core.counts()).toMatchObject({ transactions: { server: 0, client: 0 }, timers: 0 });
});

test("threat L11: a call that goes round in circles stops when Max-Forwards is used up", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const hops = (value: number) =>
    inviteLines(phone).map((l) => l.replace("Max-Forwards: 70", `Max-Forwards: ${value}`));
  phone.send([...hops(1), "Content-Type: application/sdp"], offer);
  expect(world.pbx().request("INVITE").message.maxForwards).toBe(0);
  phone.inbox.length = 0;
  phone.send([...hops(0), "Content-Type: application/sdp"], offer);
  phone.response(483);
  expect(world.pbx().inbox).toHaveLength(0);
});

test("threat L11: a challenge that is left out for its size leaves a line that says so, at most twenty a second", () => {
  const world = new EdgeWorld("", { accounts: '"1": { password: "battery horse, 7 correct" }' });
  for (let i = 0; i < 50; i++) {
    const source = world.phone("192.0.2.77", 1000 + i);
    source.sendRaw(Buffer.from(minimal("REGISTER", i, `192.0.2.77:${1000 + i}`), "latin1"));
  }
  const left = world.events("request").filter(({ reason }) => reason === "answer-too-large");
  expect(left[0]).toMatchObject({ level: "info", method: "REGISTER", status: 401, source: "192.0.2.77:1000" });
  expect(left.length).toBeLessThanOrEqual(20);
});
