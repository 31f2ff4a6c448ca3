import { expect, test } from "vitest";
import { avp, pbx, savp } from "../../../../test/support/media-talk.ts";
import { coreLeg, phoneLeg } from "../media-bench.ts";
import { both, farm, pass } from "./farm-bench.ts";

test("a new call goes on to the next instance within a second and a half, and later ones do not try the silent one", async () => {
  const { bench, talk } = await farm({ instances: both });
  bench.first.mute = true;
  const offers = ["c1", "c2", "c3", "c4", "c5", "c6"].map((call) =>
    bench.media.offer(call, "a", Buffer.from(savp(1)), { a: phoneLeg, b: coreLeg }),
  );
  // And one turn of the test's clock.
  await pass(bench, 1_550);
  for (const result of await Promise.all(offers)) expect(result.ok).toBe(true);
  expect(bench.second.calls.size).toBe(6);
  expect(bench.media.status().instances).toMatchObject([
    { place: "10.0.0.7:2223", state: "silent", calls: 0 },
    { place: "10.0.0.8:2223", state: "up", calls: 6 },
  ]);
  const timeouts = bench.media.status().instanceTimeouts;
  expect(await talk.offer("a", savp(1))).toMatch(/^491/);
  expect(bench.media.status().instanceTimeouts).toBe(timeouts);
});

test("pings find out that an instance is gone and that it is back; then it has calls again", async () => {
  const { bench } = await farm({ instances: both });
  bench.first.mute = true;
  await pass(bench, 3_000);
  expect(bench.logged).toContainEqual(
    expect.objectContaining({ event: "media.instance", address: "10.0.0.7", state: "silent" }),
  );
  bench.first.mute = false;
  bench.second.mute = true;
  await pass(bench, 4_000);
  expect(bench.media.status().instances.map(({ state }) => state)).toEqual(["up", "silent"]);
  const result = await bench.media.offer("c9", "a", Buffer.from(savp(1)), { a: phoneLeg, b: coreLeg });
  expect(result.ok && bench.first.calls.size).toBe(1);
});

test("no instance answers: 503 in words, at once", async () => {
  const { bench, talk } = await farm({ instances: both });
  for (const instance of [bench.first, bench.second]) instance.mute = true;
  await pass(bench, 3_000);
  expect(await talk.offer("a", savp(1))).toBe("503 engine-silent");
  expect(bench.media.status()).toMatchObject({ calls: 0 });
});

test("an instance that will not have a call hands it on; when none will, the call is refused and says why", async () => {
  const { bench, talk } = await farm({ instances: both });
  bench.first.refuses = "Parallel session limit reached";
  bench.second.refuses = "Ran out of ports";
  expect(await talk.offer("a", savp(1))).toBe("503 engine-failed");
  const reasons = bench.logged.filter(({ event }) => event === "media.instance_problem").map(({ reason }) => reason);
  expect([...reasons].sort()).toEqual(["error: Parallel session limit reached", "error: Ran out of ports"]);
  bench.second.refuses = undefined;
  expect(await talk.offer("a", savp(1))).toContain("c=IN IP4 10.0.0.8");
});

test("an offer that was carried out though its answer never came is deleted when the instance answers again", async () => {
  const { bench, talk } = await farm({ instances: both.slice(0, 1) });
  bench.first.lose = 1_000;
  const offered = talk.offer("a", savp(1));
  await pass(bench, 2_000);
  expect(await offered).toBe("503 engine-silent");
  expect(bench.first.calls.size).toBe(1);
  bench.first.lose = 0;
  await pass(bench, 3_000);
  expect(bench.first.calls.size).toBe(0);
});

test("a call that ends while its instance is silent is deleted there later", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  bench.first.mute = true;
  await pass(bench, 3_000);
  bench.media.close("c1");
  bench.first.mute = false;
  await pass(bench, 3_000);
  expect(bench.first.calls.size).toBe(0);
});

test("an instance that was started anew has lost its calls: each is reported failed, once", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  bench.first.restart();
  await pass(bench, 40_000);
  expect(bench.events).toEqual([{ kind: "failed", call: "c1", reason: "engine-lost" }]);
});

test("a re-INVITE that an instance answers with other ports than the peers know fails the call", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  bench.first.restart();
  await talk.offer("a", savp(1, "a=sendonly"));
  expect(await talk.answer("b", avp(pbx))).toBe("503 engine-failed");
  expect(bench.events).toEqual([{ kind: "failed", call: "c1", reason: "engine-lost" }]);
});

test("silence for the limit is one event; packets at the instance put it off; hold suspends it", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  for (let step = 0; step < 4; step++) {
    await pass(bench, 30_000);
    bench.first.packets += 50;
  }
  expect(bench.events).toEqual([]);
  expect(bench.media.status().packetsRelayed).toBeGreaterThan(100);
  await pass(bench, 90_000);
  expect(bench.events).toEqual([{ kind: "inactive", call: "c1" }]);
  await talk.offer("a", savp(1, "a=sendonly"));
  await talk.answer("b", avp(pbx, "a=recvonly"));
  await pass(bench, 90_000);
  expect(bench.events).toHaveLength(1);
});

test("the last packets of a call are counted when it ends", async () => {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  bench.first.packets = 77;
  bench.media.close("c1");
  await pass(bench, 100);
  expect(bench.media.status()).toMatchObject({ packetsRelayed: 77, portsInUse: 0 });
});
