/** What there is, as people see it: the same that the tables hold, and nothing of a message. */
import { expect, test } from "vitest";
import { callUp } from "../support/call-up.ts";
import { threeHosts } from "../support/carrier-call.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { inviteLines, offer, registered, registerLines, replyLines } from "../support/sip-script.ts";

const look = (world: EdgeWorld) => world.core.look(() => world.now);

test("a call that is up: who, since when, and both of its legs", () => {
  const { world } = callUp();
  const [call, ...others] = look(world).calls();
  expect(others).toEqual([]);
  expect(call).toMatchObject({
    state: "up",
    from: "1001",
    to: "600",
    emergency: false,
    a: { side: "phone", transport: "udp", account: "1001", trunk: undefined },
    b: { side: "core", transport: "udp" },
  });
  expect(call?.answeredAt).toBeGreaterThanOrEqual(call?.since ?? Number.NaN);
  expect(look(world).call(call?.id ?? "")).toEqual(call);
  expect(look(world).call("another")).toBeUndefined();
});

test("a call that rings is early, and one that a phone is only asked its password for is none", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  registered(world, phone);
  phone.send([...inviteLines(phone), "Content-Type: application/sdp"], offer);
  expect(look(world).calls()).toEqual([]);
  world.pbx().send(replyLines(world.pbx().request("INVITE").message, "180 Ringing"));
  expect(look(world).calls()).toMatchObject([{ state: "early", answeredAt: undefined }]);
});

test("a registration: since its first REGISTER, with what the phone says it is, cut short", () => {
  const world = new EdgeWorld();
  const phone = world.phone();
  const lines = (cseq: number) => [
    ...registerLines(phone, { cseq }).filter((line) => !line.startsWith("User-Agent")),
    `User-Agent: ${"Snom ".repeat(40)}`,
  ];
  const register = (cseq: number) => {
    phone.send(lines(cseq));
    const { message } = world.pbx().request("REGISTER");
    const contact = message.headers.get("Contact") ?? "";
    world.pbx().send(replyLines(message, "200 OK", [`Contact: ${contact};expires=3600`]));
  };
  register(1);
  const [first] = look(world).registrations();
  expect(first).toMatchObject({ account: "1001", transport: "udp", trust: "registered", otherFlows: 0 });
  expect(first?.device).toHaveLength(64);
  world.advance(50_000);
  phone.send(lines(2));
  expect(look(world).registrations()[0]?.since).toBe(first?.since);
  expect(look(world).registrations()[0]?.expires).toBeGreaterThan(first?.expires ?? Number.NaN);
});

test("an account: what it has used of what it may, and accounts of the configuration that use nothing", () => {
  const policy = 'policy: { accounts: { default: { calls: 3, calls_per_hour: 5 }, "1002": { minutes_per_day: 60 } } }';
  const { world } = callUp(new EdgeWorld(policy));
  expect(look(world).accounts()).toMatchObject([
    {
      name: "1001",
      calls: { used: 1, most: 3 },
      callsThisHour: { used: 1, most: 5 },
      minutesToday: { most: undefined },
    },
    { name: "1002", calls: { used: 0, most: 3 }, minutesToday: { used: 0, most: 60 } },
  ]);
});

test("a carrier's host: when it went and came, the last fifty times", () => {
  const world = new EdgeWorld("", { trunks: threeHosts("    keepalive: 10s") });
  world.advance(1);
  const host = "198.51.100.1";
  for (let i = 0; i < 7; i++) {
    world
      .carrier(host)
      .send(replyLines(world.carrier(host).request("OPTIONS").message, i % 4 < 2 ? "503 No" : "200 OK"));
    world.carrier(host).inbox.length = 0;
    world.advance(10_000);
  }
  const changes = world.core.trunks()[0]?.hosts[0]?.changes ?? [];
  expect(changes.map(({ state }) => state)).toEqual(["down", "up", "down"]);
  expect(changes.map(({ at }) => at)).toEqual(changes.map(({ at }) => at).toSorted((a, b) => a - b));
});
