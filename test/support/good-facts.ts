/** A machine, a running Ringfence and a configuration in which an audit finds nothing. */
import type { AuditFacts, CertificateFacts, MachineFacts, RunningFacts } from "@ringfence/grade";
import { type Config, loadConfig } from "@ringfence/policy";

export const day = 86_400_000;
export const now = Date.parse("2026-11-23T03:00:00Z");

export const goodFile = `
pbx: { address: 10.0.0.5 }
phones:
  domains: [pbx.example.com]
  listen:
    - { transport: tls, address: 0.0.0.0, port: 5061, certificate: edge }
    - { transport: wss, address: 0.0.0.0, port: 8443, certificate: edge, origins: ["https://phone.example.com"] }
  authentication: edge
  accounts: { file: accounts.yaml }
  digest: [SHA-256]
  media: { srtp: required, suites: [AEAD_AES_256_GCM, AES_CM_128_HMAC_SHA1_80] }
trunks:
  - name: carrier
    hosts: [{ uri: "sip:carrier.example.net;transport=tls" }]
    from: [192.0.2.10, 192.0.2.0/28]
    media: { srtp: required, suites: [AES_CM_128_HMAC_SHA1_80] }
    limits: { calls: 30 }
core: { phones_from: 10.0.0.2:5070, trunks_from: 10.0.0.3:5080 }
certificates: { edge: { cert: edge.pem, key: { file: edge.key } } }
policy:
  country: DE
  limits: { calls_per_account: 2 }
  accounts: { default: { calls: 2, calls_per_hour: 30, minutes_per_day: 300, international: false } }
  destinations: [{ country: [DE, AT], action: allow }, { action: reject }]
  anomaly: {}
  on_fraud: { action: suspend, notify: [ops] }
alerts: { ops: { webhook: { url: "https://alerts.example.com/hook", secret: { file: hook } } } }
logs: { syslog: { url: "tls://siem.example.com:6514" } }
capture: { hep: "tls://homer.example.com:9061" }
cdr: { export: { to: rows, every: 1d, encrypt_to: [age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p] } }
admin: { listen: 10.0.0.2:9061, certificate: edge, client_ca: people.pem, allow: [10.0.0.0/24] }
`;

export function configOf(text: string): Config {
  const loaded = loadConfig(text);
  if (loaded.ok) return loaded.config;
  throw new Error(loaded.issues.map(({ path, message }) => `${path} ${message}`).join("\n"));
}

export const certificate: CertificateFacts = {
  name: "edge",
  notAfter: now + 60 * day,
  selfSigned: false,
  key: "ec",
  bits: 0,
  chain: 2,
  missingNames: [],
};
export const machine: MachineFacts = {
  ports: [
    { transport: "tcp", address: "0.0.0.0", port: 5061, program: "" },
    { transport: "tcp", address: "0.0.0.0", port: 22, program: "" },
    { transport: "udp", address: "203.0.113.1", port: 10_000, program: "" },
    { transport: "tcp", address: "127.0.0.1", port: 9060, program: "" },
    { transport: "udp", address: "10.0.0.2", port: 5070, program: "" },
  ],
  addresses: ["203.0.113.1", "10.0.0.2", "10.0.0.3"],
  dropsByDefault: true,
  files: [
    { path: "sbc.yaml", what: "configuration", mode: 0o644 },
    { path: "edge.key", what: "secret", mode: 0o640 },
    { path: "state", what: "state", mode: 0o700 },
  ],
  sysctl: new Map([
    ["net.core.rmem_max", 4_194_304],
    ["net.core.netdev_max_backlog", 5_000],
    ["net.core.somaxconn", 4_096],
    ["net.netfilter.nf_conntrack_max", 262_144],
    ["net.ipv4.tcp_syncookies", 1],
  ]),
  shell: { passwords: false, root: false },
  updates: { pending: 0, security: 0, unattended: true },
  clockKept: true,
};
export const running: RunningFacts = {
  uid: 998,
  capabilities: 1n << 10n,
  openFiles: 65_536,
  node: "24.21.0",
  nodeWanted: "24.21.0",
  version: "1.0.0",
  versionHere: "1.0.0",
  inShadow: [],
  kernel: { state: "proven", why: "" },
};
export const good: AuditFacts = {
  now,
  config: configOf(goodFile),
  certificates: [certificate],
  passwords: { accounts: 2, weak: [], plain: [] },
  secrets: [{ name: "certificates.edge.key", since: now - 30 * day }],
  people: [{ name: "anna", factors: ["totp", "passkey"] }],
  machine,
  running,
};
