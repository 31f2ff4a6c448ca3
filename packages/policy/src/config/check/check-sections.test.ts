import { expect, test } from "vitest";
import { loadConfig } from "../load.ts";

const base = 'pbx: { address: "10.0.0.5:5060" }\nphones:\n  domains: [pbx.example.com]\n';
const carrier = 'trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }] }]\n';

/** Path and code of each finding; `!` marks an error. What every short file lacks is left out: a certificate, sockets for carriers, destinations. */
function findings(rest: string): readonly string[] {
  const loaded = loadConfig(base + rest);
  const issues = loaded.ok ? loaded.warnings : loaded.issues;
  return issues
    .filter(({ code }) => !["certificate-self-signed", "trunk-socket-shared", "destinations-open"].includes(code))
    .map(({ path, code, severity }) => `${path} ${code}${severity === "error" ? "!" : ""}`);
}

test("with trunks, one address towards the PBX is a warning and one port an error", () => {
  expect(findings(`core: { phones_from: "10.0.0.2:5070", trunks_from: "10.0.0.3:5080" }\n${carrier}`)).toEqual([]);
  expect(findings(`core: { phones_from: "10.0.0.2:5070", trunks_from: "10.0.0.2:5080" }\n${carrier}`)).toEqual([
    "core.trunks_from core-address-shared",
  ]);
  expect(findings('core: { phones_from: "10.0.0.2:5080", trunks_from: "[::ffff:10.0.0.2]:5080" }')).toEqual([
    "core.trunks_from core-addresses-equal!",
  ]);
});

test("a PBX on this machine at the port of a listener on every address is an error, at another port it is fine", () => {
  const at = (address: string, transport = "udp") => {
    const loaded = loadConfig(
      `pbx: { address: "${address}", transport: ${transport} }\nphones: { domains: [pbx.example.com] }\n`,
    );
    return loaded.ok ? [] : loaded.issues.filter((i) => i.severity === "error").map(({ code }) => code);
  };
  expect(at("127.0.0.1:5060")).toEqual(["pbx-is-ourselves"]);
  expect(at("127.0.0.1:5061", "tls")).toEqual(["pbx-is-ourselves"]);
  expect(at("127.0.0.1:5061")).toEqual([]);
  expect(at("127.0.0.1:5160")).toEqual([]);
  expect(at("[::1]:5060")).toEqual([]);
});

test("text where a map belongs: the remedy shows what the map looks like", () => {
  const loaded = loadConfig(`${base}trunks: [{ name: a, hosts: [192.0.2.1] }]\n`);
  const issue = loaded.ok ? undefined : loaded.issues.find(({ path }) => path === "trunks[0].hosts[0]");
  expect(issue?.remedy).toBe("write a map of keys, as { uri: ... }; known here: uri, priority, weight");
});

test("over TCP and TLS one address towards the PBX is an error, unless it was meant", () => {
  const over = (transport: string, core: string): readonly string[] => {
    const loaded = loadConfig(
      `pbx: { address: "10.0.0.5", transport: ${transport} }\nphones: { domains: [pbx.example.com] }\n${carrier}core: { ${core} }`,
    );
    const issues = loaded.ok ? loaded.warnings : loaded.issues;
    return issues.filter(({ code }) => code.startsWith("core-")).map(({ code, severity }) => `${code} ${severity}`);
  };
  const one = 'phones_from: "10.0.0.2:5070", trunks_from: "10.0.0.2:5080"';
  for (const transport of ["tcp", "tls"]) {
    expect(over(transport, one)).toEqual(["core-address-shared error"]);
    expect(over(transport, "")).toEqual(["core-address-shared error"]);
    expect(over(transport, 'phones_from: "10.0.0.2:5070"')).toEqual(["core-address-shared error"]);
    expect(over(transport, 'phones_from: "10.0.0.2:5070", trunks_from: "0.0.0.0:5080"')).toEqual([
      "core-address-shared error",
    ]);
    expect(over(transport, `${one}, shared_address: true`)).toEqual(["core-address-shared warning"]);
    expect(over(transport, 'phones_from: "10.0.0.2:5070", trunks_from: "10.0.0.3:5070"')).toEqual([]);
  }
  expect(over("udp", 'phones_from: "10.0.0.2:5070"')).toEqual(["core-address-shared warning"]);
});

test("without trunks the defaults towards the PBX are nothing to warn of", () => {
  expect(findings("")).toEqual([]);
});

test("ports collide by protocol and address, wildcards with everything", () => {
  expect(findings('metrics: { listen: "127.0.0.1:5061" }')).toEqual(["metrics.listen port-conflict!"]);
  expect(findings("  listen: [{ transport: udp, port: 5070 }, { transport: tls }]")).toEqual([
    "core.phones_from port-conflict!",
  ]);
  expect(findings("  listen: [{ transport: tcp, port: 5070 }, { transport: tls }]")).toEqual([]);
  const apart = "{ transport: udp, address: 10.0.0.2 }, { transport: udp, address: 10.0.0.3 }, { transport: tls }";
  expect(findings(`  listen: [${apart}]`)).toEqual([]);
});

test("a listener on every address gives way to a socket towards the PBX that names its address, and to no other", () => {
  const apart = 'trunks_from: "10.0.0.3:5060"';
  expect(findings(`core: { phones_from: "10.0.0.2:5060", ${apart} }`)).toEqual([]);
  expect(findings(`core: { phones_from: "0.0.0.0:5060", ${apart} }`)).toEqual(["core.phones_from port-conflict!"]);
  const same = "  listen: [{ transport: udp, address: 10.0.0.2 }]\n";
  expect(findings(`${same}core: { phones_from: "10.0.0.2:5060", ${apart} }`)).toContain(
    "core.phones_from port-conflict!",
  );
});

test("port 0 collides with nothing, since the system chooses", () => {
  const listen = "  listen: [{ transport: udp, port: 0 }, { transport: udp, port: 0 }, { transport: tls, port: 0 }]\n";
  expect(findings(listen)).toEqual([]);
});

test("port 0 is refused towards the PBX, which answers to the port that it was told before", () => {
  expect(findings('core: { phones_from: "10.0.0.2:0", trunks_from: "10.0.0.3:0" }')).toEqual([
    "core.phones_from bad-format!",
    "core.trunks_from bad-format!",
  ]);
});

test("a PBX on the same machine is fine while its port is its own", () => {
  const onLoopback = 'pbx: { address: "127.0.0.1:5160" }\nphones: { domains: [a.example] }';
  expect(loadConfig(onLoopback).ok).toBe(true);
});

test("two blocks of one trunk may overlap, those of two may not, not even as mapped IPv6", () => {
  const two = (from: string): string =>
    `trunks: [{ name: a, hosts: [{ uri: "sip:192.0.2.1" }], from: [192.0.2.1, 192.0.2.0/24] }, { name: b, hosts: [{ uri: "sip:198.51.100.1" }], from: ["${from}"] }]`;
  expect(findings(two("198.51.100.1"))).toEqual(
    ["core core-address-shared"].map((line) => expect.stringContaining(line.slice(5))),
  );
  expect(findings(two("::ffff:192.0.2.9"))).toContain("trunks[1].from[0] trunk-source-overlap!");
});

test("a trunk that trusts a large part of the internet is a warning, the whole of it an error", () => {
  const from = (block: string): readonly string[] =>
    findings(`trunks: [{ name: a, hosts: [{ uri: "sip:x.example" }], from: ["${block}"] }]`);
  expect(from("192.0.0.0/12")).toContain("trunks[0].from[0] trunk-source-too-wide");
  expect(from("::/0")).toContain("trunks[0].from[0] trunk-source-too-wide!");
  expect(from("192.0.0.0/16").join()).not.toContain("too-wide");
});

test("a media range needs room for the calls that the limit promises", () => {
  expect(findings("media: { ports: 10000-11000 }")).toEqual(["media.ports rtp-range-too-small"]);
  expect(findings("media: { ports: 10000-11000 }\npolicy: { limits: { calls: 250 } }")).toEqual([]);
  expect(findings("media: { ports: 5062-5075 }")).toEqual([
    "media.ports rtp-range-too-small",
    "media.ports rtp-range-conflict!",
  ]);
});

test("processors that no packet thread would stay on, and one that is named twice", () => {
  expect(findings("media: { pin: [0, 1] }")).toEqual([]);
  expect(findings("media: { pin: [0, 1], threads: 4 }")).toEqual([]);
  expect(findings("media: { pin: [0, 1], threads: 1 }")).toEqual(["media.pin pin-unused"]);
  expect(findings("media: { pin: [0], engine: js }")).toEqual(["media.pin pin-unused"]);
  expect(findings("media: { pin: [1, 0, 1] }")).toEqual(["media.pin[2] duplicate-name!"]);
});

test("checks between sections run although another section is wrong", () => {
  expect(findings('core: { zzz: 1 }\nmetrics: { listen: "0.0.0.0:9060" }')).toEqual([
    "core.zzz unknown-key!",
    "metrics.listen metrics-exposed",
  ]);
});

test("instances of rtpengine relay the sound of a trunk elsewhere than on its interface, and that is said", () => {
  const trunk = 'trunks: [{ name: a, hosts: [{ uri: "sip:10.9.0.1" }], interface: wg0 }]';
  const engine = "media: { engine: { rtpengine: [udp://10.0.0.7:2223] } }";
  expect(findings(`${trunk}\n${engine}`)).toContain("trunks[0].interface rtpengine-weaker");
});

test("instances of rtpengine: what is no instance, on no private network, or there twice is said", () => {
  const engine = (list: string) => findings(`media: { engine: { rtpengine: ${list} } }`);
  const weaker = "media.engine rtpengine-weaker";
  expect(engine("[udp://10.0.0.7:2223, 'udp://[fd00::7]:2223;weight=0', udp://127.0.0.1:22223]")).toEqual([weaker]);
  expect(engine("[udp://192.0.2.7:2223]")).toEqual([weaker, "media.engine.rtpengine[0] rtpengine-exposed"]);
  expect(engine("[udp://10.0.0.7:2223, udp://10.0.0.7:2223;weight=2]")).toEqual([
    weaker,
    "media.engine.rtpengine[1] duplicate-name!",
  ]);
  const wrong = [
    "10.0.0.7:2223",
    "tcp://10.0.0.7:2223",
    "udp://10.0.0.7",
    "udp://media.example:2223",
    "udp://10.0.0.7:0",
  ];
  for (const text of [...wrong, "udp://10.0.0.7:2223;weight=9999", "udp://10.0.0.7:2223;heavy=1", "7"]) {
    expect([text, engine(`['${text}']`)]).toEqual([text, ["media.engine.rtpengine[0] bad-format!"]]);
  }
  expect(engine("[]")).toEqual(["media.engine.rtpengine out-of-range!"]);
  expect(engine("udp://10.0.0.7:2223")).toEqual(["media.engine.rtpengine wrong-type!"]);
  expect(findings("media: { engine: { kamailio: [] } }")).toEqual(["media.engine wrong-type!"]);
  expect(findings("media: { engine: fast }")).toEqual(["media.engine bad-value!"]);
});
