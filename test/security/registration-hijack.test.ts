/** Registration hijack, one of the "five more" of the threat list: who may say where an account's calls go. */
import { expect, test } from "vitest";
import { challengesOf, credentialsFor, edgeWorld, registeredAtEdge } from "../support/edge-accounts.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { registered, registerLines, replyLines } from "../support/sip-script.ts";

const pad = [`User-Agent: ${"x".repeat(400)}`];

function swap(lines: readonly string[], header: string, value: string): readonly string[] {
  return lines.map((line) => (line.startsWith(`${header}: `) ? `${header}: ${value}` : line));
}

test.each([
  ["To", "<sip:1002@pbx.example.com>"],
  ["From", "<sip:1002@pbx.example.com>;tag=thief"],
])("threat registration hijack: credentials of 1001 bind nothing for whom %s names", (header, value) => {
  const world = edgeWorld();
  const thief = world.phone("192.0.2.66", 40_000, "tls");
  thief.send(registerLines(thief, { extra: pad }));
  const [challenge] = challengesOf(thief.response(401).message);
  if (challenge === undefined) throw new Error("no challenge");
  thief.send(swap(registerLines(thief, { cseq: 2, extra: [credentialsFor(challenge)] }), header, value));
  expect(thief.next().message).toMatchObject({ kind: "response", status: expect.toSatisfy((s: number) => s >= 400) });
  expect(world.pbx().inbox).toHaveLength(0);
  expect(world.core.counts().registrations).toBe(0);
});

test("threat registration hijack: with relay a phone registers itself and nobody else", () => {
  const world = new EdgeWorld();
  const thief = world.phone("192.0.2.66", 40_000, "tls");
  thief.send(swap(registerLines(thief), "To", "<sip:1002@pbx.example.com>"));
  expect(thief.next().message).toMatchObject({ kind: "response", status: expect.toSatisfy((s: number) => s >= 400) });
  expect(world.pbx().inbox).toHaveLength(0);
});

test("threat registration hijack: no 200 from memory for the same address with another port, or another contact", () => {
  const world = new EdgeWorld();
  const phone = world.phone("192.0.2.10", 40_000);
  registered(world, phone);
  const neighbour = world.phone("192.0.2.10", 40_001);
  neighbour.send(registerLines(neighbour, { cseq: 2, extra: pad }));
  const { message } = world.pbx().request("REGISTER");
  world.pbx().send(replyLines(message, "401 Unauthorized", ['WWW-Authenticate: Digest realm="r", nonce="N"']));
  neighbour.response(401);
  phone.send(registerLines(phone, { cseq: 3, contact: "<sip:1001@192.0.2.99:5060>", extra: pad }));
  world.pbx().request("REGISTER");
  expect(world.core.counts().registrations).toBe(1);
});

test("threat registration hijack: an account that turns up in another network is said aloud, once", () => {
  const world = edgeWorld();
  registeredAtEdge(world, world.phone("192.0.2.10", 40_000, "tls"));
  registeredAtEdge(world, world.phone("192.0.2.11", 40_000, "tls"), { callId: "second" });
  const news = () => world.events("registration").filter((event) => event.reason === "new-address");
  expect(news()).toHaveLength(0);
  registeredAtEdge(world, world.phone("198.51.100.99", 40_000, "tls"), { callId: "third" });
  expect(news()).toMatchObject([{ account: "1001", source: "198.51.100.99:40000", level: "warn" }]);
});

test("threat registration hijack: the alert can be switched off", () => {
  const world = edgeWorld({ phones: "registration: { on_new_address: off }" });
  registeredAtEdge(world, world.phone("192.0.2.10", 40_000, "tls"));
  registeredAtEdge(world, world.phone("198.51.100.99", 40_000, "tls"), { callId: "second" });
  expect(world.events("registration").filter((event) => event.reason === "new-address")).toHaveLength(0);
});
