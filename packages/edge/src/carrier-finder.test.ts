import { loadConfig, parseCidr } from "@ringfence/policy";
import { type Answer, questionKey } from "@ringfence/sip";
import { expect, test } from "vitest";
import { CarrierFinder } from "./carrier-finder.ts";
import type { CoreSettings } from "./settings.ts";
import { CarrierAddresses } from "./trunk/carrier-address.ts";

function config(uri: string, more = "", rest = "limits: {}") {
  const loaded = loadConfig(`
pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
trunks: [{ name: a, hosts: [{ uri: "${uri}" ${more}}], ${rest} }]
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
  const trunks = await finder.findAll(c, [4], new CarrierAddresses());
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
  expect(await finder.findAll(config("sip:c.example"), [4], new CarrierAddresses())).toMatchObject([{ hops: [] }]);
});

test("a reload goes on with a carrier that DNS lost, and is refused for one that it never knew", async () => {
  const finder = new CarrierFinder(
    async () => ({ type: "failed", ttlMs: 0 }),
    () => 0,
  );
  const found = await finder.findAll(config("sip:c.example"), [4], new CarrierAddresses());
  const hops = [{ host: "c.example", address: "192.0.2.1" }] as unknown as (typeof found)[number]["hops"];
  const served = found.map((trunk) => ({ ...trunk, hops }));
  expect(finder.settled(found, served)).toEqual(served);
  expect(() => finder.settled(found, [])).toThrow("trunks.a.hosts: DNS knows no address of c.example");
  const elsewhere = await finder.findAll(config("sip:d.example"), [4], new CarrierAddresses());
  expect(() => finder.settled(elsewhere, served)).toThrow("d.example");
});

const guarded = new CarrierAddresses(
  ["203.0.113.1"],
  ["10.0.0.0/24"].map(parseCidr).filter((block) => typeof block !== "string"),
);
const srv = (target: string, port = 5060) => ({ priority: 1, weight: 0, port, target });

function settingsOf(c: ReturnType<typeof config>, trunks: CoreSettings["trunks"]): CoreSettings {
  const endpoints = [{ role: "access", local: { address: "203.0.113.1" } }];
  return { config: c, endpoints, trunks, carrierAddresses: guarded } as unknown as CoreSettings;
}

test("threat L14: DNS answers that point at us, the PBX or nowhere are not followed, by address or by SRV", async () => {
  const bad = ["127.0.0.1", "0.0.0.0", "169.254.169.254", "224.0.0.5", "203.0.113.1", "10.0.0.5", "10.0.0.77"];
  const refused: string[] = [];
  const finder = new CarrierFinder(
    async ({ type, name }) => {
      if (type === "SRV") return { type, ttlMs: 1, records: [...bad.map((target) => srv(target)), srv("a.example")] };
      if (type === "A" && name === "a.example") return { type, ttlMs: 1, records: [...bad, "192.0.2.7"] };
      return { type: "failed", ttlMs: 0 };
    },
    () => 0,
    (trunk, detail) => refused.push(`${trunk} ${detail}`),
  );
  const [trunk] = await finder.findAll(config("sip:c.example;transport=udp"), [4], guarded);
  expect(trunk?.hops.map((hop) => hop.address)).toEqual(["192.0.2.7"]);
  expect(refused).toHaveLength(bad.length);
  expect(refused[0]).toBe("a c.example: DNS says 127.0.0.1 (loopback)");
  await finder.findAll(config("sip:c.example;transport=udp"), [4], guarded);
  expect(refused).toHaveLength(bad.length);
});

test("threat L14: a zone that changes between two look-ups (DNS rebinding) moves nothing to the inside", async () => {
  let answer = ["192.0.2.7"];
  let now = 0;
  const refused: string[] = [];
  const finder = new CarrierFinder(
    async ({ type }) => (type === "A" ? { type, ttlMs: 1, records: answer } : { type: "failed", ttlMs: 0 }),
    () => now,
    (_trunk, detail) => refused.push(detail),
  );
  const c = config("sip:c.example:5060;transport=udp");
  const trunks = await finder.findAll(c, [4], guarded);
  for (const rebound of ["127.0.0.1", "10.0.0.5", "203.0.113.1"]) {
    answer = [rebound];
    now += 3_600_000;
    expect(await finder.again(settingsOf(c, trunks))).toBeUndefined();
    expect(refused.at(-1)).toContain(rebound);
  }
  answer = ["192.0.2.8", "10.0.0.5"];
  now += 3_600_000;
  const moved = await finder.again(settingsOf(c, trunks));
  expect(moved?.[0]?.hops.map((hop) => hop.address)).toEqual(["192.0.2.8"]);
});

test("an address that the file names itself was meant, also inside", async () => {
  const finder = new CarrierFinder(
    async ({ type }) => (type === "A" ? { type, ttlMs: 1, records: ["10.0.0.20"] } : { type: "failed", ttlMs: 0 }),
    () => 0,
  );
  const hops = async (from: string) => {
    const c = config("sip:c.example:5060;transport=udp", "", `from: ["${from}"]`);
    return (await finder.findAll(c, [4], guarded))[0]?.hops.length;
  };
  expect(await hops("10.0.0.20")).toBe(1);
  // A block is no address: it says who may call in.
  expect(await hops("10.0.0.0/24")).toBe(0);
});

test("threat L14: a zone with a thousand records of each kind costs a bounded number of questions and hops", async () => {
  let asked = 0;
  const many = Array.from({ length: 1_000 }, (_, i) => i);
  const finder = new CarrierFinder(
    async ({ type }) => {
      asked++;
      const place = { order: 1, preference: 1, flags: "s", service: "SIP+D2U", regexp: "" };
      if (type === "NAPTR")
        return { type, ttlMs: 1, records: many.map((i) => ({ ...place, replacement: `s${i}.example` })) };
      if (type === "SRV") return { type, ttlMs: 1, records: many.map((i) => srv(`h${i}.example`)) };
      return { type, ttlMs: 1, records: many.map((i) => `192.0.${2 + (i >> 8)}.${i & 255}`) };
    },
    () => 0,
  );
  const [trunk] = await finder.findAll(config("sip:c.example"), [4], guarded);
  expect(trunk?.hops.length).toBeLessThanOrEqual(32);
  expect(asked).toBeLessThanOrEqual(1 + 16 + 16);
});
