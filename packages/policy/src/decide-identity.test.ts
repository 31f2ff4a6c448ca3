import { expect, test } from "vitest";
import { compile } from "./compile.ts";
import { loadConfig } from "./config/load.ts";

const base = `
pbx: { address: 10.0.0.5 }
phones: { domains: [pbx.example.com] }
`;
const stir = "stir: { trust: { file: ca.pem }, x5u_hosts: [{ host: cr.example }] }\n";
const trunk = (name: string, verify: string, last: number): string =>
  `  - { name: ${name}, hosts: [{ uri: "sip:192.0.2.${last}" }], identity: { verify: ${verify} } }\n`;

function policy() {
  const loaded = loadConfig(
    `${base}${stir}trunks:\n${trunk("strict", "required", 1)}${trunk("curious", "optional", 2)}`,
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return compile(loaded.config);
}

test.each([
  ["missing", 428, "identity-missing"],
  ["info", 436, "identity-info"],
  ["credential", 437, "identity-credential"],
  ["invalid", 438, "identity-invalid"],
  ["stale", 403, "identity-stale"],
] as const)(
  "%s is refused with %d where a valid token is required, and nowhere else (RFC 8224 §6.2.2)",
  (finding, status, reason) => {
    const { decideIdentity } = policy();
    expect(decideIdentity({ trunk: "strict", finding })).toMatchObject({
      action: "reject",
      status,
      reason,
      rule: "identity",
    });
    expect(decideIdentity({ trunk: "curious", finding })).toMatchObject({ action: "allow" });
  },
);

test("what is verified passes everywhere", () => {
  for (const trunkName of ["strict", "curious"]) {
    expect(policy().decideIdentity({ trunk: trunkName, finding: "verified" })).toMatchObject({ action: "allow" });
  }
});

const problems = (text: string): readonly string[] => {
  const loaded = loadConfig(base + text);
  return loaded.ok
    ? []
    : loaded.issues.filter((i) => i.severity === "error").map(({ code, path }) => `${code} ${path}`);
};

test.each([
  [`trunks:\n${trunk("a", "required", 1)}`, ["stir-incomplete trunks[0].identity.verify"]],
  [
    `stir: { trust: { file: a } }\ntrunks:\n${trunk("a", "optional", 1)}`,
    ["stir-incomplete trunks[0].identity.verify"],
  ],
  [
    'trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }], identity: { sign: true } }]',
    ["stir-incomplete trunks[0].identity.sign"],
  ],
  ['stir: { sign: { certificate: x, x5u: "https://a.example/x" } }', ["certificate-unknown stir.sign.certificate"]],
  ['stir: { sign: { certificate: x, x5u: "http://a.example/x" } }', ["bad-format stir.sign.x5u"]],
  ['stir: { sign: { certificate: x, x5u: "https://u@a.example/x" } }', ["bad-format stir.sign.x5u"]],
  ['stir: { sign: { certificate: x, x5u: "https://a.example/>;ppt=x" } }', ["bad-format stir.sign.x5u"]],
  ["stir: { x5u_hosts: [{ host: 'https://a.example' }] }", ["bad-format stir.x5u_hosts[0].host"]],
  ["stir: { x5u_hosts: [{ host: 'a.example:0' }] }", ["bad-format stir.x5u_hosts[0].host"]],
  ["stir: { window: 1h }", ["out-of-range stir.window"]],
  [
    "stir: { sign: { certificate: x, x5u: 'https://a.example/', attest: { other: A } } }",
    ["bad-value stir.sign.attest.other"],
  ],
])("%j: %j", (text, expected) => {
  expect(problems(text)).toEqual(expect.arrayContaining(expected));
});

test("a host that is an address is where it is; a name is where DNS says", () => {
  const loaded = loadConfig(
    `${base}stir: { x5u_hosts: [{ host: CR.example }, { host: "10.0.0.9:8443" }, { host: a.example, address: 10.0.0.8, ca: b.pem }] }`,
  );
  expect(loaded.ok && loaded.config.stir.x5uHosts).toEqual([
    { host: "cr.example", port: 443, address: undefined, ca: undefined },
    { host: "10.0.0.9", port: 8443, address: "10.0.0.9", ca: undefined },
    { host: "a.example", port: 443, address: "10.0.0.8", ca: "b.pem" },
  ]);
});
