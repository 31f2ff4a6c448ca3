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

/** What a phone at that port was sent within a minute: OPTIONS and empty datagrams, and what it may register for. */
function minuteOf(world: EdgeWorld, port: number, o: { cseq: number; callId?: string }) {
  const phone = world.phone("192.0.2.10", port);
  phone.inbox.length = 0;
  phone.send(registerLines(phone, { ...o, ...behindNat, expires: 3600 }));
  const waiting = world.pbx().inbox.shift()?.message;
  if (waiting?.kind === "request") world.pbx().send(replyLines(waiting, "200 OK", ["Expires: 3600"]));
  const expires = /expires=(\d+)/.exec(phone.response(200).text)?.[1];
  const before = empties(world);
  let asked = 0;
  // It stays registered meanwhile.
  for (let s = 1; s < 60; s++) {
    world.advance(1_000);
    if (s === 25 || s === 50) {
      phone.send(registerLines(phone, { ...o, cseq: o.cseq + s, ...behindNat, expires: 3600 }));
    }
    for (let sent = phone.inbox.shift(); sent !== undefined; sent = phone.inbox.shift()) {
      if (sent.message.kind === "request") asked++;
      if (sent.message.kind === "request") phone.send(replyLines(sent.message, "200 OK"));
    }
  }
  return { expires, asked, empty: empties(world) - before };
}

test("a NAT that lost a mapping is given answers to let out, sooner and sooner, and what it kept well is tried with less again", () => {
  const world = new EdgeWorld("", { phones: "" });
  expect(minuteOf(world, 40_000, { cseq: 100 })).toEqual({ expires: "60", asked: 1, empty: 1 });
  // The same registration from another port: in between nobody could call it.
  expect(minuteOf(world, 40_001, { cseq: 200 })).toMatchObject({ expires: "60", empty: 0 });
  const second = minuteOf(world, 40_002, { cseq: 300 });
  expect(second).toMatchObject({ expires: "30", empty: 0 });
  expect(second.asked).toBeGreaterThanOrEqual(4);
  expect(minuteOf(world, 40_003, { cseq: 400 }).asked).toBeGreaterThanOrEqual(5);
  world.advance(24 * 3_600_000);
  expect(minuteOf(world, 40_003, { cseq: 500, callId: "next-day" })).toEqual({ expires: "60", asked: 1, empty: 1 });
});

test("a phone that was switched off and on comes from another port too: that is no NAT's fault", () => {
  const world = new EdgeWorld("", { phones: "" });
  for (const [n, port] of [40_000, 40_001, 40_002].entries()) {
    const after = minuteOf(world, port, { cseq: 1, callId: `boot-${n}` });
    expect(after).toMatchObject({ expires: "60" });
    expect(after.empty).toBeGreaterThanOrEqual(1);
  }
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
