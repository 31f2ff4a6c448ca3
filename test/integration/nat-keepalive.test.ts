import { expect, test } from "vitest";
import { EdgeWorld, type Party, pbxTime } from "../support/edge-world.ts";
import { registered, registerLines, replyLines } from "../support/sip-script.ts";

const behindNat = { contact: "<sip:1001@192.168.1.20:5060>" };

/** Keep-alives without a message in them. */
function empties(world: EdgeWorld): number {
  return world.outputs.filter((o) => o.kind === "send" && o.bytes.length === 4).length;
}

function probes(phone: Party): number {
  return phone.inbox.filter(({ message }) => message.kind === "request" && message.method === "OPTIONS").length;
}

/** The phone registers every 60 s, answering our OPTIONS or not. */
function live(world: EdgeWorld, phone: Party, minutes: number, answers: boolean): void {
  for (let i = 0; i < minutes; i++) {
    registered(world, phone, { cseq: 100 + i, ...behindNat });
    for (let s = 0; s < 60; s++) {
      world.advance(1_000);
      for (let sent = phone.inbox.shift(); sent !== undefined; sent = phone.inbox.shift()) {
        if (answers && sent.message.kind === "request") phone.send(replyLines(sent.message, "200 OK"));
      }
    }
  }
}

test("a UDP phone behind a NAT is sent something every 25 s, beginning with OPTIONS", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone, behindNat);
  world.advance(24_000);
  expect(phone.inbox).toHaveLength(0);
  world.advance(1_000);
  const { message } = phone.request("OPTIONS");
  expect(message.requestUri.raw).toBe("sip:1001@192.168.1.20:5060");
  phone.send(replyLines(message, "200 OK"));
  world.advance(75_000);
  expect([probes(phone), empties(world)]).toEqual([0, 3]);
  world.advance(19_000);
  expect(world.core.counts()).toMatchObject({ registrations: 1 });
});

test("a phone that is where its Contact says, and one over TLS, need no keep-alive", () => {
  const world = new EdgeWorld();
  const [near, secure] = [world.phone(), world.phone("192.0.2.20", 50_000, "tls")];
  registered(world, near);
  registered(world, secure, behindNat);
  world.advance(110_000);
  expect([near.inbox.length, secure.inbox.length, empties(world)]).toEqual([0, 0, 0]);
});

test("a phone that answered OPTIONS and then stops is gone; its registration ends and nothing is left over", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  live(world, phone, 3, true);
  expect(world.core.counts().registrations).toBe(1);
  // It goes on registering through some other path, but nothing sent to it arrives.
  registered(world, phone, { cseq: 900, ...behindNat });
  live(world, phone, 4, false);
  const lost = world.events("registration").filter((e) => e.reason === "flow-lost");
  expect(lost.length).toBeGreaterThan(0);
  world.advance(200_000);
  expect(world.core.counts()).toMatchObject({ registrations: 0, timers: 0, transactions: { server: 0, client: 0 } });
});

test("a phone that never answers OPTIONS keeps its registration", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  live(world, phone, 6, false);
  expect(world.core.counts().registrations).toBe(1);
});

test("phones.keepalive: off sends nothing", () => {
  const world = new EdgeWorld("", { phones: `${pbxTime}\n  keepalive: off` });
  const phone = world.phone();
  phone.send(registerLines(phone, behindNat));
  world.pbx().send(replyLines(world.pbx().request("REGISTER").message, "200 OK", ["Expires: 120"]));
  phone.response(200);
  world.advance(110_000);
  expect([phone.inbox.length, empties(world)]).toEqual([0, 0]);
});

test("a phone's own keep-alive over UDP, line ends or nothing, is no malformed message and gets no answer", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  const told = world.outputs.length;
  for (const bytes of ["\r\n\r\n", "\r\n", ""]) phone.sendRaw(Buffer.from(bytes));
  expect([world.outputs.length - told, phone.inbox.length]).toEqual([0, 0]);
  phone.sendRaw(Buffer.from("hello\r\n\r\n"));
  expect(world.events("malformed")).toHaveLength(1);
});
