import { expect, test } from "vitest";
import {
  certificate,
  configOf,
  day,
  good,
  goodFile,
  machine,
  now,
  running,
} from "../../../../test/support/good-facts.ts";
import { findingsOf, type Grade, grade } from "../grade.ts";
import type { AuditFacts, CertificateFacts, MachineFacts, RunningFacts } from "./facts.ts";
import { auditPoints } from "./points.ts";

const idsOf = (graded: Grade): readonly string[] => findingsOf(graded).map(({ id }) => id);
const audit = (facts: Partial<AuditFacts>): Grade => grade(auditPoints, { ...good, ...facts });
/** The good file with one piece written in another way. */
const written = (piece: string, instead: string): Partial<AuditFacts> => {
  expect(goodFile).toContain(piece);
  return { config: configOf(goodFile.replace(piece, () => instead)) };
};
const onMachine = (change: Partial<MachineFacts>): Partial<AuditFacts> => ({ machine: { ...machine, ...change } });
const atRun = (change: Partial<RunningFacts>): Partial<AuditFacts> => ({ running: { ...running, ...change } });
const withCertificate = (change: Partial<CertificateFacts>): Partial<AuditFacts> => ({
  certificates: [{ ...certificate, ...change }],
});
const port = (number: number, address = "203.0.113.1") => ({
  ...onMachine({
    dropsByDefault: undefined,
    ports: [...machine.ports, { transport: "tcp", address, port: number, program: "x" }],
  }),
});
const setting = (name: string, value: number): Partial<AuditFacts> =>
  onMachine({ sysctl: new Map([...machine.sysctl, [name, value]]) });
const mode = (at: number, bits: number): Partial<AuditFacts> =>
  onMachine({ files: machine.files.map((file, index) => (index === at ? { ...file, mode: bits } : file)) });

test("a good machine with a good configuration: nothing is found, everything was looked at, 100 of 100", () => {
  const graded = audit({});
  expect(idsOf(graded)).toEqual([]);
  expect(graded.score).toBe(100);
  expect(graded.points.flatMap(({ unseen }) => unseen)).toEqual(["firewall-pbx-exposed"]);
});

const planted: readonly (readonly [string, () => Partial<AuditFacts>])[] = [
  ["firewall-other-ports", () => port(6_379)],
  ["firewall-default-drop", () => onMachine({ dropsByDefault: false })],
  ["firewall-kernel-bans", () => written("admin:", "defence: { kernel: { nftables: off } }\nadmin:")],
  ["firewall-bans-proven", () => atRun({ kernel: { state: "failed", why: "the helper does not answer" } })],
  ["firewall-trunk-sources", () => written("192.0.2.10, ", "192.0.0.0/8, ")],
  ["firewall-rtp-range", () => written("admin:", "media: { ports: 10000-60000 }\nadmin:")],
  [
    "encryption-no-tls",
    () => ({
      ...written("digest:", "digest:"),
      config: { ...good.config, phones: { ...good.config.phones, listen: [] } },
    }),
  ],
  [
    "encryption-clear-signalling",
    () =>
      written(
        "    - { transport: wss",
        "    - { transport: udp, address: 0.0.0.0, port: 5060 }\n    - { transport: wss",
      ),
  ],
  [
    "encryption-clear-websocket",
    () =>
      written(
        "    - { transport: wss",
        "    - { transport: ws, address: 0.0.0.0, port: 8080, unencrypted: true, origins: [] }\n    - { transport: wss",
      ),
  ],
  ["encryption-trunk-signalling", () => written("transport=tls", "transport=tcp")],
  [
    "encryption-old-tls",
    () => written("limits: { calls: 30 }", "limits: { calls: 30 }\n    tls: { ciphers: compatible }"),
  ],
  ["encryption-certificate-expired", () => withCertificate({ notAfter: now - day })],
  ["encryption-certificate-expires", () => withCertificate({ notAfter: now + 5 * day })],
  ["encryption-self-signed", () => withCertificate({ selfSigned: true })],
  ["encryption-chain", () => withCertificate({ chain: 1 })],
  ["encryption-name", () => withCertificate({ missingNames: ["pbx.example.com"] })],
  ["encryption-key", () => withCertificate({ key: "rsa", bits: 1_024 })],
  [
    "encryption-phones-media-off",
    () => written("srtp: required, suites: [AEAD_AES_256_GCM, AES_CM_128_HMAC_SHA1_80]", "srtp: off"),
  ],
  ["encryption-phones-media", () => written("srtp: required, suites: [AEAD", "srtp: optional, suites: [AEAD")],
  ["encryption-trunks-media", () => written("srtp: required, suites: [AES_CM_128_HMAC_SHA1_80] }", "srtp: off }")],
  ["encryption-short-tags", () => written("[AEAD_AES_256_GCM, ", "[AES_CM_128_HMAC_SHA1_32, ")],
  [
    "sign-in-at-the-edge",
    () => ({
      ...written(
        "authentication: edge\n  accounts: { file: accounts.yaml }\n  digest: [SHA-256]",
        "authentication: relay",
      ),
    }),
  ],
  ["sign-in-md5", () => written("[SHA-256]", "[SHA-256, MD5]")],
  ["sign-in-weak-passwords", () => ({ passwords: { accounts: 2, weak: ["101"], plain: [] } })],
  ["sign-in-plain-passwords", () => ({ passwords: { accounts: 2, weak: [], plain: ["101"] } })],
  ["sign-in-second-factor", () => ({ people: [{ name: "bob", factors: [] }] })],
  ["sign-in-passkeys", () => ({ people: [{ name: "bob", factors: ["totp"] }] })],
  ["limits-everything-allowed", () => written("{ action: reject }]", "{ action: allow }]")],
  ["limits-money", () => written("minutes_per_day: 300, ", "")],
  ["limits-calls-per-hour", () => written("calls_per_hour: 30, ", "")],
  ["limits-calls-at-once", () => written("{ calls: 2, ", "{ calls: 40, ")],
  ["limits-duration", () => written("calls_per_account: 2 }", "calls_per_account: 2, call_duration: 48h }")],
  ["limits-abroad", () => written(", international: false", "")],
  ["limits-anomaly", () => written("  anomaly: {}\n", "")],
  ["limits-fraud-action", () => written("action: suspend", "action: alert")],
  ["limits-trunk", () => written("    limits: { calls: 30 }\n", "")],
  ["limits-guessing", () => written("admin:", "defence: { failures: { max: 100 } }\nadmin:")],
  ["limits-source", () => written("admin:", "defence: { source: { packets_per_second: 5000 } }\nadmin:")],
  ["limits-contacts", () => written("  digest:", "  registration: { max_contacts: 9 }\n  digest:")],
  ["reach-metrics", () => written("admin:", "metrics: { listen: 10.0.0.2:9060 }\nadmin:")],
  ["reach-admin-addresses", () => written("allow: [10.0.0.0/24]", 'allow: ["0.0.0.0/0"]')],
  ["reach-admin-certificates", () => written(" client_ca: people.pem,", "")],
  ["logs-central", () => written('logs: { syslog: { url: "tls://siem.example.com:6514" } }', "")],
  ["logs-central-tls", () => written("tls://siem", "udp://siem")],
  ["logs-mask", () => written("logs: {", 'logs: { mask: "off",')],
  ["logs-trace", () => written("logs: {", "logs: { sip_trace: full,")],
  ["logs-records", () => ({ config: { ...good.config, cdr: { ...good.config.cdr, store: "off" } } })],
  [
    "logs-export-encrypted",
    () => written(", encrypt_to: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p]", ""),
  ],
  ["logs-capture", () => written('hep: "tls://homer', 'mask: false, hep: "udp://homer')],
  ["patches-security", () => onMachine({ updates: { pending: 0, security: 3, unattended: true } })],
  ["patches-pending", () => onMachine({ updates: { pending: 7, security: 0, unattended: true } })],
  ["patches-unattended", () => onMachine({ updates: { pending: 0, security: 0, unattended: false } })],
  ["patches-runtime", () => atRun({ node: "24.20.0" })],
  ["patches-restart", () => atRun({ version: "0.9.0" })],
  ["floods-shadow", () => written("admin:", "defence: { mode: shadow }\nadmin:")],
  ["floods-trust", () => written("admin:", "defence: { trust: off }\nadmin:")],
  ["floods-connections", () => written("admin:", "defence: { source: { connections: 5000 } }\nadmin:")],
  ["floods-buffer", () => setting("net.core.rmem_max", 212_992)],
  ["floods-backlog", () => setting("net.core.netdev_max_backlog", 100)],
  ["floods-accept", () => setting("net.core.somaxconn", 128)],
  ["floods-conntrack", () => setting("net.netfilter.nf_conntrack_max", 8_192)],
  ["floods-syn-cookies", () => setting("net.ipv4.tcp_syncookies", 0)],
  ["floods-files", () => atRun({ openFiles: 1_024 })],
  ["monitoring-nobody", () => ({ config: { ...good.config, alerts: [] } })],
  ["monitoring-unsigned", () => written(", secret: { file: hook }", "")],
  ["monitoring-critical", () => written("secret: { file: hook } }", "secret: { file: hook } }, for: [trunk-down]")],
  ["privilege-root", () => atRun({ uid: 0 })],
  ["privilege-capabilities", () => atRun({ capabilities: 0xffffn })],
  ["privilege-secret-files", () => mode(1, 0o644)],
  ["privilege-configuration", () => mode(0, 0o666)],
  ["privilege-state", () => mode(2, 0o755)],
  ["privilege-shell-passwords", () => onMachine({ shell: { passwords: true, root: false } })],
  ["privilege-shell-root", () => onMachine({ shell: { passwords: false, root: true } })],
  ["privilege-clock", () => onMachine({ clockKept: false })],
  [
    "privilege-one-address",
    () => written("trunks_from: 10.0.0.3:5080", "trunks_from: 10.0.0.2:5080, shared_address: true"),
  ],
  [
    "privilege-trunk-unverified",
    () => written("limits: { calls: 30 }", "limits: { calls: 30 }\n    tls: { verify: false, pin_sha256: [] }"),
  ],
  ["privilege-spared", () => written("admin:", "defence: { allow: [10.0.0.0/8] }\nadmin:")],
  ["privilege-shadow", () => atRun({ inShadow: ["policy.limits"] })],
  ["privilege-old-secrets", () => ({ secrets: [{ name: "trunks.carrier.credentials", since: now - 800 * day }] })],
];

test.each(planted)("%s is found where it was planted, and nothing else is", (id, facts) => {
  expect(idsOf(audit(facts()))).toEqual([id]);
});

test("every question that can be asked has a weakness planted for it", () => {
  const ids = auditPoints.flatMap(({ checks }) => checks.map(({ id }) => id));
  const alone = new Set(["firewall-pbx-exposed", "limits-country", "reach-admin-tls"]);
  expect(ids.filter((id) => !alone.has(id))).toEqual(planted.map(([id]) => id));
  expect(new Set(ids).size).toBe(ids.length);
});

test("a PBX on the machine itself is found when it can be reached past Ringfence", () => {
  const config = configOf(goodFile.replace("10.0.0.5", "10.0.0.2"));
  const graded = audit({ config, ...port(8_080) });
  expect(idsOf(graded)).toEqual(["firewall-other-ports", "firewall-pbx-exposed"]);
  expect(graded.points[0]?.score).toBe(0);
});

test("without a country national numbers are unread, and no rule may ask for countries then", () => {
  const text = goodFile
    .replace("  country: DE\n", "")
    .replace("{ country: [DE, AT], action: allow }, ", "")
    .replace(", international: false", "");
  expect(idsOf(audit({ config: configOf(text) }))).toEqual(["limits-country", "limits-abroad"]);
});

test("what nobody could look at counts neither way", () => {
  const graded = audit({ machine: undefined, running: undefined, certificates: undefined });
  expect(idsOf(graded)).toEqual([]);
  expect(graded.score).toBe(100);
  expect(graded.points.find(({ name }) => name === "Patches")?.score).toBeNull();
});

test("a critical finding takes its whole point away, a low one a little", () => {
  const scoreOf = (graded: Grade, name: string): number | null | undefined =>
    graded.points.find((point) => point.name === name)?.score;
  expect(scoreOf(audit(written("admin:", "defence: { mode: shadow }\nadmin:")), "Floods")).toBe(0);
  expect(scoreOf(audit(setting("net.core.somaxconn", 128)), "Floods")).toBeGreaterThan(90);
});
