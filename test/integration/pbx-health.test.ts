import { expect, test } from "vitest";
import { EdgeWorld, type Party } from "../support/edge-world.ts";
import { registered, registerLines, replyLines } from "../support/sip-script.ts";

/** A world whose PBX is asked every thirty seconds; `step` answers what each of the given parties was asked. */
function watched(pbx = "address: 10.0.0.5:5060\n  keepalive: 30s") {
  const world = new EdgeWorld("", { phones: "", pbx });
  world.core.watchPbx(world.now);
  const step = (...answering: readonly Party[]): void => {
    world.advance(30_000);
    for (const party of answering) {
      for (const { message } of party.inbox.splice(0)) {
        if (message.kind === "request" && message.method === "OPTIONS") party.send(replyLines(message, "200 OK"));
      }
    }
  };
  return { world, step, phones: world.pbx("phones"), trunks: world.pbx("trunks") };
}

const reasons = (world: EdgeWorld) => world.events("pbx").map(({ reason }) => reason);

test("the PBX is asked by OPTIONS, and two questions without an answer are a no", () => {
  const { world, step, phones, trunks } = watched();
  expect(world.core.pbxStatus()).toMatchObject({ address: "10.0.0.5:5060", reachable: undefined });
  step(phones, trunks);
  step(phones, trunks);
  expect(world.core.pbxStatus()).toMatchObject({ reachable: true, silence: undefined });
  step();
  expect(world.core.pbxStatus().reachable).toBe(true);
  step();
  step();
  expect(world.core.pbxStatus()).toMatchObject({ reachable: false, silence: "down" });
  step(phones, trunks);
  expect(world.core.pbxStatus()).toMatchObject({ reachable: true, silence: undefined });
  expect(reasons(world)).toEqual(["silent", "answers-again"]);
});

test("silent for the phones' socket and not for the trunks': the PBX has banned us, and that is said", () => {
  const { world, step, phones, trunks } = watched();
  for (let i = 0; i < 3; i++) step(phones, trunks);
  for (let i = 0; i < 5; i++) step(trunks);
  expect(world.core.pbxStatus()).toMatchObject({ reachable: false, silence: "banned" });
  expect(reasons(world)).toContain("banned");
  expect(world.events("pbx").find((e) => e.reason === "banned")?.detail).toContain("white list");
  step(phones, trunks);
  expect(world.core.pbxStatus().silence).toBeUndefined();
});

test("silent right after wrong passwords is a ban too; never heard is none", () => {
  const { world, step, phones, trunks } = watched();
  for (let i = 0; i < 2; i++) step(phones, trunks);
  const phone = world.phone("192.0.2.10", 40_000, "tls");
  const guess = `Authorization: Digest username="1001", realm="r", nonce="N", uri="sip:pbx.example.com", response="00000000000000000000000000000000"`;
  phones.inbox.length = 0;
  phone.send(registerLines(phone, { extra: [guess] }));
  phones.send(replyLines(phones.request("REGISTER").message, "403 Forbidden"));
  for (let i = 0; i < 4; i++) step();
  expect(world.core.pbxStatus().silence).toBe("banned");

  const never = watched();
  for (let i = 0; i < 4; i++) never.step();
  expect(never.world.core.pbxStatus()).toMatchObject({ reachable: false, silence: "down" });
});

test("calls and registrations go to the next node when the first is silent, and back when it answers", () => {
  const nodes = "nodes: [{ address: 10.0.0.6:5060, priority: 2 }, { address: 10.0.0.5:5060, priority: 1 }]";
  const { world, step, phones } = watched(nodes);
  const second = world.pbx("phones", "10.0.0.6");
  step(phones, second);
  const phone = world.phone();
  registered(world, phone);
  for (let i = 0; i < 3; i++) step(second);
  expect(world.core.pbxStatus()).toMatchObject({
    address: "10.0.0.6:5060",
    reachable: true,
    nodes: [
      { address: "10.0.0.5:5060", up: false },
      { address: "10.0.0.6:5060", up: true },
    ],
  });
  second.inbox.length = 0;
  // The new node knows nobody: the phone's refresh is its registration.
  phone.send(registerLines(phone, { cseq: 2 }));
  second.send(replyLines(second.request("REGISTER").message, "200 OK"));
  phone.response(200);
  step(phones, second);
  expect(world.core.pbxStatus().address).toBe("10.0.0.5:5060");
  expect(reasons(world)).toEqual(["silent", "failover", "answers-again", "failover"]);
});

test("a PBX that is alone is asked only once it has not answered", () => {
  const world = new EdgeWorld();
  world.core.watchPbx(world.now);
  world.advance(300_000);
  expect(world.pbx().inbox).toHaveLength(0);
  expect(world.pbx("trunks").inbox).toHaveLength(0);
  const phone = world.phone();
  phone.send(registerLines(phone));
  world.advance(60_000);
  expect(world.pbx().inbox.some((sent) => sent.text.startsWith("OPTIONS"))).toBe(true);
});
