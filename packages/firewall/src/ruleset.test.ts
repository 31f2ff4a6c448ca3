import { readFileSync } from "node:fs";
import { loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import { ruleset } from "./ruleset.ts";

const root = new URL("../../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), "utf8");

function rulesOf(text: string, name = "sbc.yaml") {
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return ruleset(loaded.config, name);
}

const smallest = (more = ""): string => `
pbx: { address: 10.0.0.5 }
phones: { domains: [pbx.example.com] }
${more}`;

test("the example in deploy/nftables is what its configuration gives (./ringfence firewall --config deploy/examples/trunk.yaml)", () => {
  const name = "deploy/examples/trunk.yaml";
  expect(rulesOf(read(name), name).text).toBe(read("deploy/nftables/trunk.nft"));
});

/** The lines of a chain, or of the set of that name. */
function lines(text: string, name: string): readonly string[] {
  const all = text.split("\n").map((line) => line.trim());
  const start = all.findIndex((line) => line.startsWith(`chain ${name} `) || line.startsWith(`set ${name} `));
  return all[start]?.startsWith("set") ? all.slice(start, start + 1) : all.slice(start + 1, all.indexOf("}", start));
}

test("packets for ports that are not ours meet no rule: the hook accepts, and names our ports only", () => {
  const { text } = rulesOf(smallest());
  const [policy, ...rules] = lines(text, "input");
  expect(policy).toBe("type filter hook input priority filter; policy accept;");
  expect(rules.every((rule) => rule.includes("port 50"))).toBe(true);
  expect(text.match(/hook/g)).toHaveLength(3);
});

test("threat L15: no rule drops what may be a call for help, but that of defence.deny", () => {
  const { text } = rulesOf(smallest("defence: { deny: [203.0.113.0/24] }"));
  for (const rule of lines(text, "phones_udp").filter((line) => line.includes("@banned"))) {
    expect(rule).toContain("@th,64,56 != 0x494e5649544520");
  }
  expect(Buffer.from("494e5649544520", "hex").toString()).toBe("INVITE ");
  for (const rule of lines(text, "phones_tcp").filter((line) => line.includes("@banned"))) {
    expect(rule).toContain("ct count over 4");
  }
  // Nothing is held against who sends sound.
  expect(text.split("\n").filter((line) => line.includes("10000-20000") && !line.includes("notrack"))).toEqual([]);
});

test("who is spared comes before bans and rates, who is denied before everything", () => {
  const { text } = rulesOf(smallest("defence: { deny: [203.0.113.0/24, 2001:db8::/32], allow: [192.0.2.7] }"));
  expect(lines(text, "denied4")[0]).toContain("{ 203.0.113.0/24 }");
  expect(lines(text, "denied6")[0]).toContain("{ 2001:db8:0:0:0:0:0:0/32 }");
  expect(lines(text, "spared4")[0]).toContain("{ 10.0.0.5, 192.0.2.7 }");
  for (const chain of ["phones_udp", "phones_tcp"]) {
    const order = lines(text, chain).map((rule) =>
      ["@denied4", "@spared4", "@banned4"].find((set) => rule.includes(set)),
    );
    expect([...new Set(order.filter((set) => set !== undefined))]).toEqual(["@denied4", "@spared4", "@banned4"]);
  }
});

test("in shadow bans and rates are counted and accepted; what holds in shadow too still drops", () => {
  const { text } = rulesOf(smallest("defence: { mode: shadow, deny: [203.0.113.9] }"));
  const dropping = text.split("\n").filter((line) => line.endsWith("drop"));
  expect(dropping.every((line) => /denied|connections|stranger/.test(line))).toBe(true);
  expect(text).toContain("counter name banned accept");
});

test("whoever is known by name only is left to Ringfence, and the file says so", () => {
  const { text } = rulesOf(`
pbx: { address: pbx.inside.example }
phones: { domains: [pbx.example.com] }
trunks:
  - name: named
    mode: register
    credentials: { user: u, password: { env: P } }
    hosts: [{ uri: "sip:sip.carrier.example" }]
    listen: [{ transport: udp, address: 203.0.113.10, port: 5071 }]
`);
  expect(text).toContain("# The PBX is named, not written as an address");
  expect(text).toContain("# named: called from where DNS says");
  expect(text).not.toContain("goto only_");
});

test("what the rules do not depend on changes nothing, what they depend on does", () => {
  const one = rulesOf(smallest());
  expect(rulesOf(smallest("logs: { level: debug }"), "other.yaml").madeFrom).toBe(one.madeFrom);
  expect(rulesOf(smallest("defence: { mode: shadow }")).madeFrom).not.toBe(one.madeFrom);
  expect(rulesOf(smallest("media: { ports: 20000-20999 }")).madeFrom).not.toBe(one.madeFrom);
});

test("sound that instances of rtpengine relay has no rule here", () => {
  const { text } = rulesOf(smallest("media: { engine: { rtpengine: [udp://10.0.0.7:2223] } }"));
  expect(text).not.toContain("10000-20000");
});

test("what comes to the addresses of a carrier's own interface over another one is dropped", () => {
  const loaded = loadConfig(
    `${smallest()}
trunks: [{ name: tunnel, hosts: [{ uri: "sip:10.9.0.1;transport=udp" }], interface: wg0 }]`,
    new Map([["wg0", ["10.9.0.2"]]]),
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const { text } = ruleset(loaded.config, "sbc.yaml");
  const rules = lines(text, "input");
  const over = 'iifname != { "lo", "wg0" } counter name stranger drop';
  expect(rules.slice(1, 4)).toEqual([
    `ip daddr 10.9.0.2 udp dport 5060 ${over}`,
    `ip daddr 10.9.0.2 tcp dport 5060 ${over}`,
    `ip daddr 10.9.0.2 udp dport 10000-20000 ${over}`,
  ]);
  expect(rules).toContain("ip daddr 10.9.0.2 udp dport 5060 goto only_0");
  expect(lines(text, "only_0")).toContain("ip saddr { 10.9.0.1 } accept");
});
