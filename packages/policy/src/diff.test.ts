import { expect, test } from "vitest";
import type { Config } from "./config/config.ts";
import { loadConfig } from "./config/load.ts";
import { diffConfigs } from "./diff.ts";

function configOf(rest: string): Config {
  const loaded = loadConfig(`pbx: { address: "10.0.0.5" }\n${rest}`);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.config;
}

const before = configOf(`
phones: { domains: [a.example, b.example], media: { srtp: required } }
trunks: [{ name: telnyx, hosts: [{ uri: "sip:192.0.2.1" }], limits: { calls: 30 } }]
certificates: { edge: { cert: edge.pem, key: { file: /secret/place/edge.key } } }
defence: { deny: [198.51.100.0/24] }
`);

test("the same configuration has no difference, in whatever order its lists stand", () => {
  const phones = "phones: { domains: [b.example, a.example] }";
  expect(diffConfigs(before, before)).toEqual([]);
  expect(diffConfigs(configOf(phones), configOf("phones: { domains: [a.example, b.example] }"))).toEqual([]);
});

test("what changed is said in the words of the file", () => {
  const after = configOf(`
phones: { domains: [a.example], media: { srtp: optional } }
trunks: [{ name: telnyx, hosts: [{ uri: "sip:192.0.2.1" }], limits: { calls: 40 } }]
certificates: { edge: { cert: edge.pem, key: { file: /secret/place/edge.key } } }
defence: { deny: [198.51.100.0/24, 203.0.113.0/24] }
policy: { limits: { call_duration: 90m } }
media: { ports: 20000-30000 }
metrics: { listen: "127.0.0.1:9999" }
`);
  expect(diffConfigs(before, after).toSorted()).toEqual([
    "defence.deny[203.0.113.0/24]: 203.0.113.0/24 added",
    "media.ports: 10000-20000 -> 20000-30000",
    "metrics.listen: 127.0.0.1 port 9060 -> 127.0.0.1 port 9999",
    "phones.domains[b.example]: b.example removed",
    "phones.media.srtp: required -> optional",
    "phones.media.t38: false -> true",
    "policy.limits.call_duration: 4h -> 90m",
    "trunks[telnyx].limits.calls: 30 -> 40",
  ]);
});

test("where a key is kept is not said", () => {
  const rest = "phones: { domains: [a.example] }\n";
  const one = configOf(`${rest}certificates: { edge: { cert: edge.pem, key: { file: /secret/one.key } } }`);
  const two = configOf(`${rest}certificates: { edge: { cert: edge.pem, key: { env: SECRET_TWO } } }`);
  const none = configOf(rest);
  expect(diffConfigs(one, two)).toEqual(["certificates.edge.key changed"]);
  for (const lines of [diffConfigs(one, two), diffConfigs(one, none), diffConfigs(none, two)]) {
    expect(lines.join()).not.toMatch(/secret\/|SECRET/);
  }
});
