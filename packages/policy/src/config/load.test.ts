import { expect, test } from "vitest";
import { type ConfigIssueCode, configIssueCodes } from "../issue.ts";
import { loadConfig } from "./load.ts";
import { notYetPaths } from "./not-yet.ts";

const base = 'pbx: { address: "10.0.0.5:5060" }\nphones:\n  domains: [pbx.example.com]\n';

interface Seen {
  readonly at: string;
  readonly code: ConfigIssueCode;
  readonly severity: string;
  readonly path: string;
  readonly text: string;
}

function issuesOf(text: string): readonly Seen[] {
  const loaded = loadConfig(text);
  const issues = loaded.ok ? loaded.warnings : loaded.issues;
  return issues.map(({ line, column, code, severity, path, message, remedy }) => {
    return { at: `${line}:${column}`, code, severity, path, text: `${message}: ${remedy}` };
  });
}

/** What is wrong with a file apart from the self-signed certificate that every short one has. */
function problemsOf(rest: string): readonly string[] {
  return issuesOf(base + rest)
    .filter(({ code }) => code !== "certificate-self-signed")
    .map(({ at, code, path }) => `${at} ${code} ${path}`);
}

test("the first five lines are enough, and everything else has its default", () => {
  const loaded = loadConfig(base);
  if (!loaded.ok) throw new Error("refused");
  const plain = { certificate: undefined, origins: [], unencrypted: false };
  const node = { host: "10.0.0.5", port: 5060 };
  expect(loaded.config.pbx).toMatchObject({ ...node, nodes: [node], transport: "udp", keepaliveMs: undefined });
  expect(loaded.config.phones.listen).toEqual([
    { transport: "udp", address: "0.0.0.0", port: 5060, ...plain },
    { transport: "tcp", address: "0.0.0.0", port: 5060, ...plain },
    { transport: "tls", address: "0.0.0.0", port: 5061, ...plain },
  ]);
  expect(loaded.config.phones.media.srtp).toBe("required");
  expect(loaded.config.media).toMatchObject({ ports: { first: 10_000, last: 20_000 }, inactivityMs: 60_000 });
  expect(loaded.config.policy.limits).toEqual({
    calls: 500,
    callsPerSecond: 50,
    callsPerAccount: 2,
    callDurationMs: 14_400_000,
    mode: "enforce",
  });
  expect(loaded.config.defence.source).toEqual({
    packetsPerSecond: 200,
    newTransactionsPerSecond: 20,
    connections: 32,
  });
  expect(loaded.config.metrics.listen).toEqual({ address: "127.0.0.1", port: 9060 });
});

test("every problem is reported in one pass, in the order of the file, with its place", () => {
  const text = [
    'pbx: { address: "10.0.0.5:99999", transport: upd }',
    "phones:",
    "  domain: [pbx.example.com]",
    "  media: { srtp: yes }",
    "trunks:",
    "  - name: a",
    "    hosts: []",
    "    limits: { calls: 0 }",
    "policy:",
    "  limits: { call_duration: 4 hours }",
    "state: { valkey: x }",
  ].join("\n");
  expect(issuesOf(text).map(({ at, code, path }) => `${at} ${code} ${path}`)).toEqual([
    "1:17 bad-format pbx.address",
    "1:46 bad-value pbx.transport",
    "3:3 missing-key phones.domains",
    "3:3 unknown-key phones.domain",
    "4:18 bad-value phones.media.srtp",
    "7:12 out-of-range trunks[0].hosts",
    "8:22 out-of-range trunks[0].limits.calls",
    "10:28 bad-format policy.limits.call_duration",
    "11:10 not-supported-yet state.valkey",
  ]);
});

test("an unknown key names what was probably meant", () => {
  const remedies = (rest: string): string =>
    issuesOf(base + rest)
      .map(({ text }) => text)
      .join("\n");
  expect(remedies("phone: {}")).toContain("did you mean `phones`?");
  expect(remedies("media: { publicAddress: 192.0.2.1 }")).toContain("did you mean `public_address`?");
  expect(remedies("trunks: [{ name: a, hosts: [{ ur: x }] }]")).toContain("did you mean `uri`?");
  expect(remedies("domains: [a.example]")).toContain("it belongs into `phones`");
  expect(remedies("policy: { zzz: 1 }")).toContain(
    "known here: country, emergency, destinations, limits, accounts, anomaly, on_fraud, fraud_service, rates",
  );
});

test("threat silent loss of protection: no planned key is taken in silence", () => {
  for (const path of notYetPaths) {
    const inside = (inner: unknown): unknown => (path.startsWith("certificates") ? { x: inner } : [inner]);
    const file = path
      .split(".")
      .reduceRight<unknown>((inner, step) => (step === "*" ? inside(inner) : { [step]: inner }), 1);
    const found = issuesOf(JSON.stringify(file));
    expect([path, found.filter(({ code }) => code === "not-supported-yet").length]).toEqual([path, 1]);
  }
});

test("the PBX is one address or several nodes, the preferred one first", () => {
  const phones = "phones: { domains: [pbx.example.com] }\n";
  const nodes =
    "pbx: { nodes: [{ address: b.example, priority: 2 }, { address: a.example, priority: 1 }], transport: tls }\n";
  const loaded = loadConfig(nodes + phones);
  expect(loaded.ok && loaded.config.pbx).toMatchObject({
    host: "a.example",
    nodes: [
      { host: "a.example", port: 5061 },
      { host: "b.example", port: 5061 },
    ],
  });
  expect(issuesOf(`pbx: {}\n${phones}`).map(({ code, path }) => [code, path])).toContainEqual([
    "missing-key",
    "pbx.address",
  ]);
  const both = issuesOf(`pbx: { address: a.example, nodes: [{ address: b.example }] }\n${phones}`);
  expect(both.map(({ code, path }) => [code, path])).toContainEqual(["bad-value", "pbx.address"]);
});

test("a secret in the file is refused and not repeated", () => {
  const found = issuesOf(`${base}certificates: { edge: { cert: edge.pem, key: hunter2-planted } }`);
  expect(found.map(({ code }) => code)).toContain("literal-secret");
  expect(JSON.stringify(found)).not.toContain("hunter2");
});

test("numbers that can be dialled must be text, since 0112 read as a number is another one", () => {
  expect(issuesOf(`${base}policy: { emergency: { numbers: [0112] } }`)).toContainEqual(
    expect.objectContaining({ code: "wrong-type", text: "is a number where text belongs: put it in quotes" }),
  );
});

/** Of another file, or deserved by no file: accounts.test.ts, check/emergency.test.ts. */
const elsewhere = ["weak-password", "emergency-shadowed", "interface-unknown", "interface-mismatch"] as const;
type Elsewhere = (typeof elsewhere)[number];
const examples: Readonly<Record<Exclude<ConfigIssueCode, Elsewhere>, string>> = {
  "file-too-large": `${base}# ${"x".repeat(1_048_576)}`,
  "too-deep": `${base}x: ${"[".repeat(65)}`,
  "yaml-syntax": `${base}trunks: [`,
  "duplicate-key": `${base}trunks: []\ntrunks: []`,
  "yaml-feature": `${base}trunks: &a []`,
  "unknown-key": `${base}zzz: 1`,
  "not-supported-yet": `${base}state: { valkey: x }`,
  "missing-key": "trunks: []",
  "wrong-type": `${base}trunks: {}`,
  "bad-value": `${base}logs: { level: loud }`,
  "bad-format": `${base}media: { ports: 10000..20000 }`,
  "out-of-range": `${base}media: { inactivity: 1s }`,
  "literal-secret": `${base}certificates: { a: { cert: c, key: k } }`,
  "duplicate-name": `${base}policy: { emergency: { numbers: ["112", "112"] } }`,
  "duplicate-listener": `${base}  listen: [{ transport: tcp, port: 5061 }, { transport: tls, address: 10.0.0.2 }]`,
  "port-conflict": `${base}metrics: { listen: "10.0.0.2:5060" }`,
  "core-addresses-equal": `${base}core: { phones_from: "10.0.0.2:5080", trunks_from: "10.0.0.2:5080" }`,
  "core-address-shared": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }] }]`,
  "pbx-is-ourselves": `${base}  listen: [{ transport: udp, address: 10.0.0.5 }]`,
  "trunk-source-overlap": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }] }, { name: b, hosts: [{ uri: "sip:x.example" }], from: [192.0.2.0/24] }]`,
  "trunk-source-too-wide": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:x.example" }], from: [0.0.0.0/0] }]`,
  "trunk-source-is-pbx": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:x.example" }], from: [10.0.0.0/24] }]`,
  "trunk-without-source": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:x.example" }] }]`,
  "trunk-socket-shared": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }] }]`,
  "trunk-without-credentials": `${base}trunks: [{ name: a, mode: register, hosts: [{ uri: "sip:192.0.2.1" }] }]`,
  "trunk-without-country": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }], numbers: { format: e164 } }]`,
  "stir-incomplete": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }], identity: { verify: required } }]`,
  "denied-peer": `${base}defence: { deny: [10.0.0.0/8] }`,
  "rtp-range-too-small": `${base}media: { ports: 10000-10002 }`,
  "rtp-range-conflict": `${base}media: { ports: 5000-10000 }`,
  "rtpengine-weaker": `${base}media: { engine: { rtpengine: ["udp://10.0.0.7:2223"] } }`,
  "rtpengine-exposed": `${base}media: { engine: { rtpengine: ["udp://192.0.2.7:2223"] } }`,
  "interfaces-unused": `${base}media: { interfaces: { outside: a, inside: b } }`,
  "pin-unused": `${base}media: { engine: js, pin: [1] }`,
  "accounts-missing": `${base}  authentication: edge`,
  "accounts-unused": `${base}  accounts: { file: a.yaml }`,
  "certificate-unknown": `${base}  listen: [{ transport: tls, certificate: edge }]`,
  "certificate-unused": `${base}  listen: [{ transport: tcp, certificate: a }]\ncertificates: { a: { cert: c, key: { file: k } } }`,
  "certificate-self-signed": base,
  "websocket-unencrypted": `${base}  listen: [{ transport: ws, address: 10.0.0.2 }]`,
  "origins-unused": `${base}  listen: [{ transport: tls, origins: [https://a.example] }]`,
  "srtp-without-tls": `${base}  listen: [{ transport: udp }]`,
  "tls-not-verified": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1;transport=tls" }], tls: { verify: false } }]`,
  "crl-unused": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1;transport=tls" }], tls: { verify: false, crl: a.crl } }]`,
  "spend-without-rates": `${base}policy: { accounts: { default: { spend_per_day: 20.00 } } }`,
  "international-without-country": `${base}policy: { accounts: { default: { international: false } } }`,
  "rates-unused": `${base}policy: { rates: { file: rates.csv } }`,
  "log-unencrypted": `${base}logs: { syslog: { url: "udp://siem.example.com" } }`,
  "alert-unknown": `${base}policy: { on_fraud: { notify: [ops] } }`,
  "metrics-exposed": `${base}metrics: { listen: "0.0.0.0:9060" }`,
  "admin-exposed": `${base}admin: { listen: "0.0.0.0:9061" }`,
  "client-ca-unused": `${base}admin: { client_ca: ca.pem }`,
  "export-incomplete": `${base}cdr: { keep: 1d, export: { to: spool, every: 2d } }`,
  "destinations-open": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }] }]`,
  "destination-without-effect": `${base}policy: { destinations: [{ action: reject }, { prefix: "+1", action: allow }] }`,
  "destination-without-country": `${base}policy: { destinations: [{ type: premium, action: reject }] }`,
  "emergency-without-trunk": `${base}trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }], numbers: { prefix: ["+1"] } }]`,
  "emergency-number-ordinary": `${base}policy: { country: DE, emergency: { numbers: ["09001123456"] } }`,
  "no-emergency-numbers": `${base}policy: { emergency: { numbers: [] } }`,
};

test("every code of the catalogue is found by a file that deserves it", () => {
  const codes = Object.keys(configIssueCodes).filter((code) => !elsewhere.some((other) => other === code));
  expect(Object.keys(examples)).toEqual(codes);
  for (const [code, text] of Object.entries(examples)) {
    expect([code, issuesOf(text).some((issue) => issue.code === code)]).toEqual([code, true]);
  }
});

test("warnings let the file pass, errors do not", () => {
  for (const text of Object.values(examples)) {
    const errors = issuesOf(text).some(({ severity }) => severity === "error");
    expect(loadConfig(text).ok).toBe(!errors);
  }
});

test("names of object members are ordinary words (threat L13)", () => {
  expect(problemsOf("constructor: 1\n")).toEqual(["4:1 unknown-key constructor"]);
  expect(problemsOf("__proto__: { pbx: 1 }\n")).toEqual(["4:1 yaml-feature "]);
  expect(problemsOf("certificates: { __proto__: { cert: c, key: { file: k } } }\n")).toEqual(["4:17 yaml-feature "]);
  expect(problemsOf("certificates: { constructor: { cert: c, key: { file: k } } }\n")).toEqual([]);
});

test("every IPv4 address and every IPv6 address may have the same port, one family twice may not", () => {
  const listen = (...addresses: readonly string[]): readonly string[] =>
    problemsOf(`  listen: [${addresses.map((address) => `{ transport: tls, address: "${address}" }`).join(", ")}]`);
  expect(listen("0.0.0.0", "::", "2001:db8::1")).toEqual(["4:87 duplicate-listener phones.listen[2]"]);
  expect(listen("0.0.0.0", "::")).toEqual([]);
  expect(listen("2001:db8::1", "0.0.0.0")).toEqual([]);
});
