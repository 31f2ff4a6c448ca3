import { expect, test } from "vitest";
import { dial, threeHosts } from "../support/carrier-call.ts";
import { EdgeWorld } from "../support/edge-world.ts";
import { replyLines } from "../support/sip-script.ts";

const first = "198.51.100.1";
const second = "198.51.100.2";
const third = "198.51.100.3";

test("OPTIONS find a dead host before a caller does, and bring it back when it answers twice", () => {
  const world = new EdgeWorld("", { trunks: threeHosts("    keepalive: 10s") });
  const options = (address: string) => world.carrier(address).request("OPTIONS").message;
  const answerAll = (...addresses: string[]) => {
    for (const address of addresses) world.carrier(address).send(replyLines(options(address), "200 OK"));
  };
  world.advance(1);
  const clear = () => {
    for (const address of [first, second, third]) world.carrier(address).inbox.length = 0;
  };
  for (let i = 0; i < 2; i++) {
    answerAll(second, third);
    world.advance(9_990);
    clear();
    world.advance(10);
  }
  expect(world.core.trunks()[0]?.hosts.map((h) => h.state)).toEqual(["down", "up", "up"]);
  clear();
  dial(world);
  world.carrier(second).send(replyLines(world.carrier(second).request("INVITE").message, "486 Busy Here"));
  clear();
  for (let i = 0; i < 2; i++) {
    world.advance(9_990);
    clear();
    world.advance(10);
    answerAll(first);
  }
  expect(world.core.trunks()[0]?.hosts[0]?.state).toBe("up");
  expect(world.events("trunk").flatMap((e) => (e.detail?.includes(first) ? [e.reason] : []))).toEqual([
    "host-down-ping-lost",
    "host-up",
  ]);
});

test("a 503 to OPTIONS counts as no answer, any other refusal as one", () => {
  const world = new EdgeWorld("", { trunks: threeHosts("    keepalive: 10s") });
  world.advance(1);
  for (let i = 0; i < 2; i++) {
    world.carrier(first).send(replyLines(world.carrier(first).request("OPTIONS").message, "503 No"));
    world.carrier(second).send(replyLines(world.carrier(second).request("OPTIONS").message, "405 No"));
    world.advance(10_000);
  }
  expect(
    world.core
      .trunks()[0]
      ?.hosts.map((h) => h.state)
      .slice(0, 2),
  ).toEqual(["down", "up"]);
});
