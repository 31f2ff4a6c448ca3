/** `./ringfence probe` against a service that is weak on purpose, and against Ringfence, from a phone's place on the network. */
import { mkdirSync, writeFileSync } from "node:fs";
import { afterEach, expect } from "vitest";
import { makeCertificate } from "../support/certificates.ts";
import { addresses, Laboratory, repository } from "./laboratory/laboratory.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import { Pbx, passwords } from "./laboratory/pbx.ts";
import { config, Ringfence } from "./laboratory/ringfence.ts";

const scenario = laboratoryTest("kamailio");
const target = addresses.ringfenceOutside;

let laboratory: Laboratory | undefined;
afterEach(() => laboratory?.close());

interface Report {
  readonly score: number;
  readonly points: readonly { readonly findings: readonly { readonly id: string }[] }[];
}

/** @param authority PEM of who signed the target's certificate, where the probe is to know them */
async function probed(lab: Laboratory, authority?: string, more: readonly string[] = []): Promise<Report> {
  const args = ["probe", target, "--domain", "pbx.example.com", "--account", "1001", "--json", "--yes", ...more];
  const trusted = authority === undefined ? {} : { NODE_EXTRA_CA_CERTS: authority };
  const program = lab.run("attacker", "probe", { command: `${repository}/ringfence`, args, environment: trusted });
  expect(await program.ended).not.toBe(2);
  const report = program.output.split("\n").find((line) => line.startsWith('{"format"'));
  return JSON.parse(report ?? program.output);
}

const found = ({ points }: Report): readonly string[] => points.flatMap(({ findings }) => findings.map(({ id }) => id));

/** Calls of the probe's own: from one phone to the other. */
function deep(lab: Laboratory): readonly string[] {
  for (const user of ["1001", "1002"] as const) writeFileSync(lab.path(user), passwords[user], { mode: 0o600 });
  const files = ["--password-file", lab.path("1001"), "--answer-password-file", lab.path("1002")];
  return ["--deep", "--user", "1001", "--answer", "1002", ...files];
}

scenario("each weakness of a service that has them all is found", async () => {
  laboratory = Laboratory.open("probe-weak");
  const folder = laboratory.path("kamailio");
  mkdirSync(folder);
  const { cert, key } = await makeCertificate({ names: ["somebody.example.net"], days: 3, rsa: true });
  for (const [name, text] of Object.entries({ cert, key })) writeFileSync(`${folder}/${name}.pem`, text);
  const program = laboratory.run("ringfence", "kamailio", {
    command: "kamailio",
    args: [
      ...["-f", `${repository}/test/interop/kamailio/weak.cfg`],
      ...["udp", "tcp"].flatMap((kind) => ["-l", `${kind}:${target}:5060`]),
      ...["-l", `tls:${target}:5061`, "-A", `CERTIFICATE="${folder}/cert.pem"`, "-A", `KEY="${folder}/key.pem"`],
      ...["-DD", "-E", "-m", "32", "-M", "4", "-Y", folder, "-w", folder, "-P", `${folder}/pid`],
    ],
    // Without the system's own wish for TLS 1.2 and better.
    environment: { OPENSSL_CONF: "/dev/null" },
  });
  await program.says("SO_RCVBUF is initially");
  const report = await probed(laboratory);
  expect(found(report)).toEqual([
    "probe-clear",
    "probe-sips-in-clear",
    "probe-tls-old",
    "probe-tls-ciphers",
    "probe-tls-trust",
    "probe-tls-name",
    "probe-tls-expiry",
    "probe-call-open",
    "probe-methods-open",
    "probe-relay-route",
    "probe-relay-tag",
    "probe-scanner",
    "probe-enumeration-status",
    "probe-enumeration-size",
    "probe-digest-md5",
    "probe-digest-qop",
    "probe-nonce-repeats",
    "probe-leaks-inside",
    "probe-leaks-product",
    "probe-amplification",
  ]);
  expect(report.score).toBeLessThan(30);
});

scenario("none of them is found in Ringfence, once it takes TLS only", async () => {
  laboratory = Laboratory.open("probe-strong");
  await Pbx.start(laboratory);
  const authority = await makeCertificate({ authority: true, days: 90 });
  const { cert, key } = await makeCertificate({ names: [target], by: authority, days: 90 });
  const files = { "edge.pem": `${cert}\n${authority.cert}`, "edge.key": key, "authority.pem": authority.cert };
  for (const [name, text] of Object.entries(files)) writeFileSync(laboratory.path(name), text, { mode: 0o600 });
  const accounts = Object.entries(passwords).map(([user, password]) => `"${user}": { password: "${password}" }`);
  writeFileSync(laboratory.path("accounts.yaml"), accounts.join("\n"), { mode: 0o600 });
  const phones = [
    "authentication: edge",
    "accounts: { file: accounts.yaml }",
    "listen: [{ transport: tls, address: 0.0.0.0, port: 5061, certificate: edge }]",
  ].join("\n  ");
  const more = "certificates: { edge: { cert: edge.pem, key: { file: edge.key } } }";
  await Ringfence.start(laboratory, config({ phones, more }));
  const report = await probed(laboratory, laboratory.path("authority.pem"), deep(laboratory));
  expect(found(report)).toEqual([]);
  expect(report.score).toBe(100);
  // Of the calls everything could be looked at: one was encrypted, one refused, and the guest spoke in vain.
  expect(report.points[3]).toMatchObject({ score: 100, unseen: [] });
});
