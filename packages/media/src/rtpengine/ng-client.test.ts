import { expect, test } from "vitest";
import { encode } from "./bencode.ts";
import { NgClient, patienceMs } from "./ng-client.ts";
import { ping } from "./ng-message.ts";

/** Cookies are 00…, 01…, so that a test can name them. */
function client(): NgClient {
  let next = 0;
  return new NgClient((octets) => new Uint8Array(octets).fill(next++));
}

const cookie = (number: number) => number.toString(16).padStart(2, "0").repeat(12);
const pong = (number: number) => Buffer.concat([Buffer.from(`${cookie(number)} `), encode({ result: "pong" })]);

/** Sends a ping and returns its number. */
function ask(core: NgClient, now: number, instance = 1): number {
  const [request] = core.request(now, instance, ping) ?? [0];
  return request;
}

test("a request is sent three times with one cookie, and given up when the last one had its time", () => {
  const core = client();
  const [, first] = core.request(1_000, 1, ping) ?? [];
  expect(first).toMatchObject({ kind: "send", instance: 1 });
  expect(core.advance(1_249)).toEqual([]);
  expect(core.nextDeadline).toBe(1_250);
  expect(core.advance(1_250)).toEqual([first]);
  expect(core.advance(1_750)).toEqual([first]);
  expect(core.advance(2_500)).toEqual([{ kind: "timed-out", request: 1, instance: 1, since: 1_000 }]);
  expect([core.pending, core.nextDeadline]).toEqual([0, undefined]);
  expect(patienceMs.reduce<number>((sum, wait) => sum + wait, 0)).toBe(1_500);
});

test("an answer ends a request whichever of its sendings it is for, and a second one is a stray", () => {
  const core = client();
  const request = ask(core, 0);
  core.advance(250);
  expect(core.receive(1, pong(0))).toMatchObject([{ kind: "answered", request, reply: { kind: "ok" } }]);
  expect(core.receive(1, pong(0))).toEqual([]);
  expect([core.strays, core.pending]).toEqual([1, 0]);
  expect(core.advance(10_000)).toEqual([]);
});

test("answers find their requests in any order", () => {
  const core = client();
  const [first, second] = [ask(core, 0), ask(core, 10)];
  expect(core.receive(1, pong(1))).toMatchObject([{ request: second }]);
  expect(core.receive(1, pong(0))).toMatchObject([{ request: first }]);
});

test("a right cookie from another instance ends nothing", () => {
  const core = client();
  ask(core, 0, 1);
  expect(core.receive(2, pong(0))).toEqual([]);
  expect(core.receive(1, pong(0))).toHaveLength(1);
});

test.each([
  ["nothing", ""],
  ["no cookie", " d6:result4:ponge"],
  ["no space", "d6:result4:ponge"],
  ["a cookie without end", "a".repeat(200)],
  ["an unknown cookie", `${cookie(9)} d6:result4:ponge`],
  ["no bencode", `${cookie(0)} hello`],
  ["no dictionary", `${cookie(0)} le`],
  ["no result", `${cookie(0)} de`],
  ["a result of another kind", `${cookie(0)} d6:resulti1ee`],
  ["a result nobody knows", `${cookie(0)} d6:result5:maybee`],
])("a datagram with %s is a stray: the request waits on", (_what, text) => {
  const core = client();
  ask(core, 0);
  expect(core.receive(1, Buffer.from(text))).toEqual([]);
  expect([core.strays, core.pending]).toEqual([1, 1]);
});

test("deadlines of many requests are met in their order, with one look", () => {
  const core = client();
  for (let n = 0; n < 100; n++) ask(core, n);
  expect(core.nextDeadline).toBe(250);
  expect(core.advance(299)).toHaveLength(50);
  expect(core.nextDeadline).toBe(300);
});

test("an instance that swallows everything is asked 8,192 things at most", () => {
  const core = new NgClient((octets) => crypto.getRandomValues(new Uint8Array(octets)));
  for (let n = 0; n < 8_192; n++) expect(core.request(0, 1, ping)).toBeDefined();
  expect(core.request(0, 1, ping)).toBeUndefined();
});
