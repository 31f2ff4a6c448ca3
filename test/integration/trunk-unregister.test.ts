import type { Request } from "@ringfence/sip";
import { expect, test } from "vitest";
import { EdgeWorld } from "../support/edge-world.ts";
import { replyLines } from "../support/sip-script.ts";

const trunk = (more = "", name = "carrier", user = "4930777") => `
  - name: ${name}
    mode: register
    hosts: [{ uri: "sip:198.51.100.7" }]
    credentials: { user: "${user}", password: { env: X }, realm: carrier.example }
${more}
`;
const challenge = ['WWW-Authenticate: Digest realm="carrier.example", nonce="n", algorithm=MD5, qop="auth"'];
const contactOf = (request: Request) => request.headers.get("Contact")?.split(">")[0]?.slice(1) ?? "";

function accept(world: EdgeWorld): Request {
  const carrier = world.carrier();
  const { message } = carrier.request("REGISTER");
  carrier.send(replyLines(message, "200 OK", [`Contact: <${contactOf(message)}>;expires=300`]));
  return message;
}

function registeredWorld(trunks = trunk()): { readonly world: EdgeWorld; readonly first: Request } {
  const world = new EdgeWorld("", { trunks });
  world.advance(0);
  return { world, first: accept(world) };
}

test("a trunk that the next settings do not have is unregistered under those in force, challenge and all", () => {
  const { world, first } = registeredWorld();
  const carrier = world.carrier();
  world.core.withdraw(world.settingsWith({ trunks: trunk("", "another", "4930888") }));
  world.feed({ kind: "time" });
  const goodbye = carrier.request("REGISTER").message;
  expect([goodbye.callId, contactOf(goodbye)]).toEqual([first.callId, contactOf(first)]);
  expect(goodbye.cseq.number).toBeGreaterThan(first.cseq.number);
  expect(goodbye.headers.get("Contact")).toMatch(/;expires=0$/);
  expect(goodbye.headers.get("Expires")).toBe("0");
  carrier.send(replyLines(goodbye, "401 Unauthorized", challenge));
  const proven = carrier.request("REGISTER").message;
  expect(proven.headers.has("Authorization")).toBe(true);
  expect(proven.headers.get("Contact")).toMatch(/;expires=0$/);
  expect(world.core.withdrawals).toBe(1);
  carrier.send(replyLines(proven, "200 OK"));
  expect(world.core.withdrawals).toBe(0);
  expect(world.events("trunk").map(({ reason }) => reason)).toEqual(["registered", "unregistered"]);
  // It does not register again before the new settings are in force.
  world.advance(400_000);
  expect(carrier.inbox).toEqual([]);
  world.apply({ trunks: trunk("", "another", "4930888") });
  expect(world.carrier().request("REGISTER").message.to.uri).toMatchObject({ user: "4930888" });
});

test("a reload that keeps the trunk keeps its registration", () => {
  const { world } = registeredWorld();
  const kept = { trunks: trunk("    limits: { calls: 3 }") };
  world.core.withdraw(world.settingsWith(kept));
  world.feed({ kind: "time" });
  world.apply(kept);
  expect(world.carrier().inbox).toEqual([]);
  expect(world.core.trunks()[0]?.registration?.state).toBe("registered");
});

test.each([
  ["another user", trunk("", "carrier", "4930999")],
  ["another domain", trunk("", "carrier", "4930777@other.example")],
  ["a trunk that no longer registers", trunk().replace("mode: register", "mode: peer")],
])("%s ends the registration there was", (_what, trunks) => {
  const { world, first } = registeredWorld();
  world.core.withdraw(world.settingsWith({ trunks }));
  world.feed({ kind: "time" });
  const goodbye = world.carrier().request("REGISTER").message;
  expect([contactOf(goodbye), goodbye.headers.get("Expires")]).toEqual([contactOf(first), "0"]);
});

test("at the end every registration is taken back, and no new one is begun", () => {
  const { world } = registeredWorld(trunk() + trunk("", "two", "4930888"));
  accept(world);
  const carrier = world.carrier();
  world.core.withdraw(undefined);
  world.feed({ kind: "time" });
  for (let i = 0; i < 2; i++) {
    const { message } = carrier.request("REGISTER");
    expect(message.headers.get("Expires")).toBe("0");
    carrier.send(replyLines(message, "200 OK"));
  }
  world.advance(400_000);
  expect(carrier.inbox).toEqual([]);
  expect(world.core.counts().timers).toBe(0);
});

test("a carrier that does not answer the goodbye is not waited for, and one that never accepted hears none", () => {
  const { world } = registeredWorld();
  world.core.withdraw(undefined);
  world.feed({ kind: "time" });
  expect(world.core.withdrawals).toBe(1);
  world.advance(2_000);
  expect(world.core.withdrawals).toBe(0);
  world.advance(60_000);
  expect(world.core.counts()).toMatchObject({ timers: 0, transactions: { client: 0 } });
  const refused = new EdgeWorld("", { trunks: trunk() });
  refused.advance(0);
  refused.carrier().send(replyLines(refused.carrier().request("REGISTER").message, "403 Forbidden"));
  refused.core.withdraw(undefined);
  refused.feed({ kind: "time" });
  expect(refused.carrier().inbox).toEqual([]);
});

test("a changed password registers again at once, with the same Contact, and old failures are forgotten", () => {
  const { world, first } = registeredWorld();
  const carrier = world.carrier();
  world.apply({ trunks: trunk() }, "another password");
  const again = carrier.request("REGISTER").message;
  expect([again.callId, contactOf(again)]).toEqual([first.callId, contactOf(first)]);
  carrier.send(replyLines(again, "403 Forbidden"));
  expect(world.core.trunks()[0]?.registration).toEqual({ state: "failed", reason: "403" });
  world.apply({ trunks: trunk() }, "the right one");
  expect(carrier.request("REGISTER").message.callId).toBe(first.callId);
});

test("a refresh that fails is tried again with growing waits, never sooner than Retry-After says", () => {
  const { world } = registeredWorld();
  const carrier = world.carrier();
  const next = (): number => {
    const from = world.now;
    while (carrier.inbox.length === 0) world.advance(500);
    return world.now - from;
  };
  next();
  carrier.send(replyLines(carrier.request("REGISTER").message, "503 Busy", ["Retry-After: 90"]));
  expect(next()).toBeGreaterThanOrEqual(90_000);
  const waits: number[] = [];
  for (let i = 0; i < 4; i++) {
    carrier.send(replyLines(carrier.request("REGISTER").message, "500 Oops"));
    waits.push(next());
  }
  expect(waits[0]).toBeGreaterThanOrEqual(30_000);
  expect(waits[3]).toBeGreaterThan((waits[0] ?? 0) * 2);
  expect(accept(world).headers.get("Expires")).toBe("3600");
  expect(world.core.trunks()[0]?.registration?.state).toBe("registered");
});
