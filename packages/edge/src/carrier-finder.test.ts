import { loadConfig } from "@ringfence/policy";
import { type Answer, questionKey } from "@ringfence/sip";
import { expect, test } from "vitest";
import { CarrierFinder } from "./carrier-finder.ts";
import type { CoreSettings } from "./settings.ts";

function config(uri: string, more = "") {
  const loaded = loadConfig(`
pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
trunks: [{ name: a, hosts: [{ uri: "${uri}" ${more}}] }]
`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.config;
}

test("a carrier's SRV record becomes hops, and what DNS no longer knows stays where it was", async () => {
  const zone = new Map<string, Answer>([
    [
      "SRV _sip._udp.c.example",
      { type: "SRV", ttlMs: 10_000, records: [{ priority: 1, weight: 5, port: 5062, target: "a.example" }] },
    ],
    ["A a.example", { type: "A", ttlMs: 10_000, records: ["192.0.2.1"] }],
  ]);
  const asked: string[] = [];
  let now = 0;
  const finder = new CarrierFinder(
    async (question) => {
      asked.push(questionKey(question));
      return zone.get(questionKey(question)) ?? { type: "failed", ttlMs: 0 };
    },
    () => now,
  );
  const c = config("sip:c.example;transport=udp");
  const trunks = await finder.findAll(c, [4]);
  expect(trunks[0]?.hops).toMatchObject([
    { host: "c.example", address: "192.0.2.1", port: 5062, transport: "udp", weight: 5 },
  ]);
  const settings = {
    config: c,
    endpoints: [{ role: "access", local: { address: "192.0.2.9" } }],
    trunks,
  } as unknown as CoreSettings;
  asked.length = 0;
  expect(await finder.again(settings)).toBeUndefined();
  expect(asked).toEqual([]);
  now = 20_000;
  zone.clear();
  expect(await finder.again(settings)).toBeUndefined();
  now = 40_000;
  zone.set("SRV _sip._udp.c.example", {
    type: "SRV",
    ttlMs: 1,
    records: [{ priority: 1, weight: 5, port: 5063, target: "192.0.2.2" }],
  });
  expect((await finder.again(settings))?.[0]?.hops).toMatchObject([{ address: "192.0.2.2", port: 5063 }]);
});

test("a carrier that DNS has never heard of has no hops, and nothing fails", async () => {
  const finder = new CarrierFinder(
    async () => ({ type: "failed", ttlMs: 0 }),
    () => 0,
  );
  expect(await finder.findAll(config("sip:c.example"), [4])).toMatchObject([{ hops: [] }]);
});
