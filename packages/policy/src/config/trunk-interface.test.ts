import { expect, test } from "vitest";
import { loadConfig } from "./load.ts";

const interfaces = new Map([
  ["lo", ["127.0.0.1", "::1"]],
  ["eth0", ["203.0.113.10"]],
  ["wg0", ["10.9.0.2", "fd00:9::2"]],
  ["wg1", []],
]);

function loaded(trunk: string, more = "") {
  return loadConfig(
    `pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
trunks:
  - { name: tunnel, hosts: [{ uri: "sip:10.9.0.1;transport=udp" }], ${trunk} }
${more}`,
    interfaces,
  );
}

function socketsOf(trunk: string, more = ""): readonly string[] {
  const file = loaded(trunk, more);
  if (!file.ok) throw new Error(JSON.stringify(file.issues));
  return (file.config.trunks[0]?.listen ?? []).map((l) => `${l.transport} ${l.address} ${l.port}`);
}

function problemsOf(trunk: string): readonly string[] {
  const file = loaded(trunk);
  return (file.ok ? file.warnings : file.issues).map(({ code, path, line }) => `${code} ${path} ${line}`);
}

test("a trunk on an interface has its sockets on every address of it, of the kinds its hosts speak", () => {
  expect(socketsOf("interface: wg0")).toEqual([
    "udp 10.9.0.2 5060",
    "tcp 10.9.0.2 5060",
    "udp fd00:9::2 5060",
    "tcp fd00:9::2 5060",
  ]);
  expect(socketsOf("interface: eth0, large_requests: udp")).toEqual(["udp 203.0.113.10 5060"]);
});

test("its own listeners stay as they are written, and must be there", () => {
  const at = (address: string) => `interface: wg0, listen: [{ transport: udp, address: "${address}", port: 5090 }]`;
  expect(socketsOf(at("10.9.0.2"))).toEqual(["udp 10.9.0.2 5090"]);
  expect(socketsOf(at("fd00:9:0:0::2"))).toEqual(["udp fd00:9:0:0::2 5090"]);
  expect(problemsOf(at("203.0.113.10"))).toContain("interface-mismatch trunks[0].listen[0].address 4");
});

test("an interface that is not there, or has no address, is an error in its line", () => {
  expect(problemsOf("interface: wg7")).toContain("interface-unknown trunks[0].interface 4");
  expect(problemsOf("interface: wg1")).toContain("interface-unknown trunks[0].interface 4");
});

test.each(["", "wg 0", 'wg0"; drop', "a-name-of-seventeen"])("%j names no interface", (name) => {
  expect(problemsOf(`interface: ${JSON.stringify(name)}`)).toContain("bad-format trunks[0].interface 4");
});

test("phones on every address make room for it, and nobody is warned of a shared socket", () => {
  const codes = problemsOf("interface: wg0").map((line) => line.split(" ")[0]);
  expect(codes).not.toContain("port-conflict");
  expect(codes).not.toContain("trunk-socket-shared");
});

test("with TLS it needs a certificate to show", () => {
  const tls = 'interface: wg0, hosts: [{ uri: "sip:10.9.0.1;transport=tls" }]';
  const text = (more: string, certificates: string) => `pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
trunks: [{ name: tunnel, ${tls}${more} }]
${certificates}`;
  const bare = loadConfig(text("", ""), interfaces);
  expect(bare.ok ? [] : bare.issues.map(({ code }) => code)).toContain("certificate-unknown");
  const named = loadConfig(
    text(", tls: { client_certificate: edge }", "certificates: { edge: { cert: c, key: { file: k } } }"),
    interfaces,
  );
  expect(named.ok && named.config.trunks[0]?.listen[0]).toMatchObject({ port: 5061, certificate: "edge" });
});

test("who only reads a file does not ask the machine: the trunk has no sockets then", () => {
  const file = loadConfig(`pbx: { address: "10.0.0.5:5060" }
phones: { domains: [pbx.example.com] }
trunks: [{ name: tunnel, hosts: [{ uri: "sip:10.9.0.1" }], interface: wg7 }]`);
  expect(file.ok && file.config.trunks[0]).toMatchObject({ interface: "wg7", listen: [] });
});
