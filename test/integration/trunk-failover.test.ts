import { expect, test } from "vitest";
import { dial, threeHosts } from "../support/carrier-call.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { answer, replyLines } from "../support/sip-script.ts";

const first = "198.51.100.1";
const second = "198.51.100.2";
const third = "198.51.100.3";

const reasons = (world: EdgeWorld) => world.events("trunk").map((e) => e.reason);

test("a host that is silent is given up, and the next has the call within four seconds", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const began = world.now;
  const pbx = dial(world);
  const { message: lost } = world.carrier(first).request("INVITE");
  world.advance(4_000);
  const invite = world.carrier(second).request("INVITE");
  expect(invite.at - began).toBeLessThanOrEqual(4_000);
  expect(invite.message.callId).not.toBe(lost.callId);
  world.carrier(second).inbox.length = 0;
  world.carrier(second).send(replyLines(invite.message, "180 Ringing"));
  pbx.response(180);
  world
    .carrier(second)
    .send(
      [...replyLines(invite.message, "200 OK", ["Contact: <sip:c@198.51.100.2>"]), "Content-Type: application/sdp"],
      answer,
    );
  world.carrier(second).request("ACK");
  pbx.response(200);
  expect(pbx.inbox).toEqual([]);
});

test("the PBX notices nothing of hosts that fail: one answer, and no other", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const pbx = dial(world);
  world.carrier(first).send(replyLines(world.carrier(first).request("INVITE").message, "503 Service Unavailable"));
  world.carrier(first).request("ACK");
  world.carrier(second).send(replyLines(world.carrier(second).request("INVITE").message, "503 Service Unavailable"));
  world.carrier(second).request("ACK");
  expect(pbx.inbox).toEqual([]);
  world.carrier(third).send(replyLines(world.carrier(third).request("INVITE").message, "486 Busy Here"));
  pbx.response(486);
  expect(world.core.counts().calls).toBe(0);
});

test("503 of the last host is the answer, made 500 so that the PBX does not stop all traffic", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const pbx = dial(world);
  for (const address of [first, second, third]) {
    const { message } = world.carrier(address).request("INVITE");
    world.carrier(address).send(replyLines(message, "503 Service Unavailable"));
  }
  pbx.response(500);
});

test("a refusal that is not 503 is an answer: nobody else is asked", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const pbx = dial(world);
  world.carrier(first).send(replyLines(world.carrier(first).request("INVITE").message, "404 Not Found"));
  pbx.response(404);
  expect(world.carrier(second).inbox).toEqual([]);
});

test("a call that rang stays where it rings, whatever comes after", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const pbx = dial(world);
  const { message } = world.carrier(first).request("INVITE");
  world.carrier(first).send(replyLines(message, "180 Ringing"));
  pbx.response(180);
  world.advance(60_000);
  world.carrier(first).send(replyLines(message, "503 Service Unavailable"));
  pbx.response(500);
  expect(world.carrier(second).inbox).toEqual([]);
});

test("100 Trying shows that somebody is there: no other host is tried for slowness", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  dial(world);
  const { message } = world.carrier(first).request("INVITE");
  world.carrier(first).send(replyLines(message, "100 Trying"));
  world.advance(60_000);
  expect(world.carrier(second).inbox).toEqual([]);
});

test("a call whose host says 100 and then nothing ends", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const pbx = dial(world);
  world.carrier(first).send(replyLines(world.carrier(first).request("INVITE").message, "100 Trying"));
  world.advance(400_000);
  pbx.response(408);
  expect(world.core.counts()).toMatchObject({ calls: 0, transactions: { server: 0, client: 0 } });
});

test("a host that answers after it was given up is acknowledged and hung up", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  dial(world);
  const { message: late } = world.carrier(first).request("INVITE");
  world.advance(3_500);
  world.carrier(second).request("INVITE");
  const from = world.carrier(first);
  from.inbox.length = 0;
  from.send(
    [...replyLines(late, "200 OK", ["Contact: <sip:c@198.51.100.1>"]), "Content-Type: application/sdp"],
    answer,
  );
  from.request("ACK");
  from.request("BYE");
  expect(world.core.counts().calls).toBe(1);
});

test("a lost connection to a host is no reason to wait", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  dial(world);
  world.carrier(first).request("INVITE");
  world.feed({ kind: "flow-lost", flowId: world.carrier(first).flow.id });
  world.carrier(second).request("INVITE");
});

test("the next call does not wait for a host that was silent, and gives it another chance after half a minute", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const pbx = dial(world);
  world.advance(3_500);
  world.carrier(second).send(replyLines(world.carrier(second).request("INVITE").message, "486 Busy Here"));
  pbx.response(486);
  expect(reasons(world)).toContain("host-down-silent");
  world.carrier(first).inbox.length = 0;
  world.carrier(second).inbox.length = 0;
  dial(world, "+4930123457");
  world.carrier(second).request("INVITE");
  expect(world.carrier(first).inbox).toEqual([]);
  world.advance(31_000);
  dial(world, "+4930123458");
  world.carrier(first).request("INVITE");
});

test("media is laid out anew for the next host: nothing of the first is learnt from", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  dial(world);
  world.advance(3_500);
  const media = world.outputs.filter((o) => o.kind === "media-offer" || o.kind === "media-close");
  expect(media.map((o) => (o.kind === "media-offer" ? o.legs.b.signallingAddress : o.kind))).toEqual([
    first,
    "media-close",
    second,
  ]);
});

test("a caller who hangs up between two hosts leaves nothing behind", () => {
  const world = new EdgeWorld("", { trunks: threeHosts() });
  const pbx = world.pbx("trunks");
  dial(world);
  world.advance(3_500);
  const invite = world.carrier(second).request("INVITE").message;
  const sent = world.sent.find((s) => s.flow.side === "core" && s.text.startsWith("SIP/2.0 100"));
  pbx.send([
    "CANCEL sip:+4930123456@10.0.0.3 SIP/2.0",
    `Via: ${sent?.message.kind === "response" ? sent.message.via.raw.replace(/;received.*|;rport=\d+/g, "") : ""}`,
    "Max-Forwards: 70",
    `From: ${sent?.message.headers.get("From")}`,
    `To: ${sent?.message.headers.get("To")}`,
    `Call-ID: ${sent?.message.callId}`,
    "CSeq: 10 CANCEL",
  ]);
  world.carrier(second).send(replyLines(invite, "487 Request Terminated"));
  world.advance(100_000);
  expect(world.core.counts()).toMatchObject({ calls: 0, transactions: { server: 0, client: 0 } });
});

test("the next trunk that takes the number is tried when every host of the first fails", () => {
  const world = new EdgeWorld("", {
    trunks: `
  - { name: best, hosts: [{ uri: "sip:198.51.100.1" }], numbers: { prefix: ["+49"] } }
  - { name: spare, hosts: [{ uri: "sip:198.51.100.2" }], numbers: { prefix: ["+4"] } }
  - { name: never, hosts: [{ uri: "sip:198.51.100.3" }], numbers: { prefix: ["+1"] } }
`,
  });
  const pbx = dial(world);
  world.carrier(first, "best").send(replyLines(world.carrier(first, "best").request("INVITE").message, "503 No"));
  const { message } = world.carrier(second, "spare").request("INVITE");
  expect(world.core.trunks().map(({ name, calls }) => [name, calls])).toEqual([
    ["best", 0],
    ["spare", 1],
    ["never", 0],
  ]);
  world.carrier(second, "spare").send(replyLines(message, "503 No"));
  pbx.response(500);
  expect(world.carrier(third, "never").inbox).toEqual([]);
});

test("a trunk that is full is passed over, one by one, and the call is refused when all are", () => {
  const world = new EdgeWorld("", {
    trunks: `
  - { name: best, hosts: [{ uri: "sip:198.51.100.1" }], limits: { out: { calls: 1 } } }
  - { name: spare, hosts: [{ uri: "sip:198.51.100.2" }], limits: { calls: 1 } }
`,
  });
  dial(world, "+491");
  world.carrier(first, "best").request("INVITE");
  dial(world, "+492");
  world.carrier(second, "spare").request("INVITE");
  const pbx = world.pbx("trunks");
  expect(() => dial(world, "+493")).toThrow(/not a 100/);
  expect(pbx.inbox).toEqual([]);
  expect(world.core.trunks().map(({ calls }) => calls)).toEqual([1, 1]);
});
