import { loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import { selfSignedNames } from "./self-signed-names.ts";

const machine = [
  { address: "127.0.0.1", network: "127.0.0.1/8" },
  { address: "198.51.100.1", network: "198.51.100.1/24" },
  { address: "2001:db8::1", network: "2001:db8::1/64" },
  { address: "10.30.0.2", network: "10.30.0.2/24" },
  { address: "10.30.0.3", network: "10.30.0.3/24" },
];

function names(text: string, of = machine): readonly string[] {
  const whole = text.includes("pbx:") ? text : `pbx: { address: "10.30.0.5:5060" }\n${text}`;
  const loaded = loadConfig(whole);
  if (!loaded.ok) throw new Error(loaded.issues.map(({ message }) => message).join());
  return selfSignedNames(loaded.config, of);
}

const domain = "phones: { domains: [pbx.example.com] }\n";
const reached = ["pbx.example.com", "localhost", "127.0.0.1", "198.51.100.1", "2001:db8::1"];
const cases: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "addresses towards the PBX, where they are written",
    `${domain}core: { phones_from: "10.30.0.2:5070", trunks_from: "10.30.0.3:5080" }`,
    reached,
  ],
  ["addresses in the network of the PBX, where nothing is written", domain, reached],
];
test.each(cases)("topology: a certificate that everybody may read leaves out %s", (_what, text, expected) => {
  expect(names(text)).toEqual(expected);
});

test("a listener on one address, and the address behind a NAT: those and no other", () => {
  const listen = "[{ transport: tls, address: 198.51.100.1, port: 5061 }]";
  const text = `phones: { domains: [pbx.example.com, "192.0.2.7"], public_address: 203.0.113.10, listen: ${listen} }`;
  expect(names(text)).toEqual(["pbx.example.com", "192.0.2.7", "localhost", "203.0.113.10", "198.51.100.1"]);
});

test("a machine with one address, which is in the network of the PBX too, is called by it", () => {
  const single = machine.filter(({ address }) => address === "127.0.0.1" || address === "10.30.0.2");
  expect(names(domain, single)).toContain("10.30.0.2");
});
