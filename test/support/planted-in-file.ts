/** Weaknesses of a configuration, each alone. */
import { configPath, recipient } from "./good-site.ts";
import type { Plant, Planted } from "./planted.ts";

const inFile =
  (piece: string, instead: string): Plant =>
  (site) =>
    site.change(configPath, piece, instead);
const added = (text: string): Plant => inFile("\nadmin:", `\n${text}\nadmin:`);

export const plantedInFile: readonly Planted[] = [
  { id: "firewall-kernel-bans", plant: added("defence: { kernel: { nftables: off } }") },
  { id: "firewall-pbx-public", plant: inFile("10.0.0.5", "198.51.100.5") },
  { id: "firewall-trunk-sources", plant: inFile("192.0.2.10, ", "192.0.0.0/8, ") },
  { id: "firewall-rtp-range", plant: added("media: { ports: 10000-60000 }") },
  {
    id: "encryption-no-tls",
    plant: (site) => {
      site.change(
        configPath,
        "    - { transport: tls, address: 203.0.113.1, port: 5061, certificate: edge }\n",
        "    - { transport: udp, address: 127.0.0.1, port: 5060 }\n",
      );
      site.change(
        configPath,
        '    - { transport: wss, address: 203.0.113.1, port: 8443, certificate: edge, origins: ["https://phone.example.com"] }\n',
        "",
      );
    },
  },
  {
    id: "encryption-clear-signalling",
    plant: inFile(
      "    - { transport: wss",
      "    - { transport: udp, address: 203.0.113.1, port: 5060 }\n    - { transport: wss",
    ),
  },
  {
    id: "encryption-clear-websocket",
    plant: inFile(
      "    - { transport: wss",
      "    - { transport: ws, address: 203.0.113.1, port: 8080, unencrypted: true, origins: [] }\n    - { transport: wss",
    ),
  },
  { id: "encryption-trunk-signalling", plant: inFile("transport=tls", "transport=tcp") },
  {
    id: "encryption-old-tls",
    plant: inFile("limits: { calls: 30 }", "limits: { calls: 30 }\n    tls: { ciphers: compatible }"),
  },
  { id: "encryption-phones-media", plant: inFile("srtp: required, suites: [AEAD", "srtp: optional, suites: [AEAD") },
  {
    id: "encryption-phones-media-off",
    plant: inFile("srtp: required, suites: [AEAD_AES_256_GCM, AES_CM_128_HMAC_SHA1_80]", "srtp: off"),
  },
  {
    id: "encryption-trunks-media",
    plant: inFile("srtp: required, suites: [AES_CM_128_HMAC_SHA1_80] }", "srtp: off }"),
  },
  { id: "encryption-short-tags", plant: inFile("[AEAD_AES_256_GCM, ", "[AES_CM_128_HMAC_SHA1_32, ") },
  {
    id: "sign-in-at-the-edge",
    plant: inFile(
      "authentication: edge\n  accounts: { file: accounts.yaml }\n  digest: [SHA-256]",
      "authentication: relay",
    ),
  },
  { id: "sign-in-md5", plant: inFile("[SHA-256]", "[SHA-256, MD5]") },
  { id: "limits-everything-allowed", plant: inFile("{ action: reject }]", "{ action: allow }]") },
  { id: "limits-money", plant: inFile("minutes_per_day: 300, ", "") },
  { id: "limits-calls-per-hour", plant: inFile("calls_per_hour: 30, ", "") },
  { id: "limits-calls-at-once", plant: inFile("{ calls: 2, ", "{ calls: 40, ") },
  { id: "limits-duration", plant: inFile("calls_per_account: 2 }", "calls_per_account: 2, call_duration: 48h }") },
  {
    id: "limits-country",
    plant: (site) => {
      site.change(configPath, "  country: DE\n", "");
      site.change(configPath, "country: [DE, AT]", 'prefix: "+49"');
    },
  },
  { id: "limits-abroad", plant: inFile(", international: false", "") },
  { id: "limits-anomaly", plant: inFile("  anomaly: {}\n", "") },
  { id: "limits-fraud-action", plant: inFile("action: suspend", "action: alert") },
  { id: "limits-trunk", plant: inFile("    limits: { calls: 30 }\n", "") },
  { id: "limits-guessing", plant: added("defence: { failures: { max: 100 } }") },
  { id: "limits-source", plant: added("defence: { source: { packets_per_second: 5000 } }") },
  { id: "limits-contacts", plant: inFile("  digest:", "  registration: { max_contacts: 9 }\n  digest:") },
  { id: "reach-metrics", plant: added("metrics: { listen: 10.0.0.2:9060 }") },
  { id: "reach-admin-addresses", plant: inFile("allow: [10.0.0.0/24]", 'allow: ["0.0.0.0/0"]') },
  { id: "reach-admin-certificates", plant: inFile(" client_ca: people.pem,", "") },
  { id: "logs-central", plant: inFile(', syslog: { url: "tls://siem.example.com:6514" }', "") },
  { id: "logs-central-tls", plant: inFile("tls://siem", "udp://siem") },
  { id: "backup-none", plant: inFile("\nbackup: {", "\n# backup: {") },
  {
    id: "backup-elsewhere",
    plant: inFile(', copy: [/usr/bin/rsync, "{}", "keeper@192.0.2.99:"]', ""),
  },
  { id: "logs-rotated", plant: inFile("/ringfence }, syslog", "/ringfence, max_size: 10GB, keep: 500 }, syslog") },
  { id: "logs-mask", plant: inFile("logs: {", 'logs: { mask: "off",') },
  { id: "logs-trace", plant: inFile("logs: {", "logs: { sip_trace: full,") },
  {
    id: "logs-records",
    plant: inFile(`cdr: { export: { to: rows, every: 1d, encrypt_to: [${recipient}] } }`, "cdr: { store: off }"),
  },
  { id: "logs-export-encrypted", plant: inFile(`, encrypt_to: [${recipient}]`, "") },
  { id: "logs-capture", plant: inFile('hep: "tls://homer', 'mask: false, hep: "udp://homer') },
  { id: "floods-shadow", plant: added("defence: { mode: shadow }") },
  { id: "floods-trust", plant: added("defence: { trust: off }") },
  { id: "floods-connections", plant: added("defence: { source: { connections: 5000 } }") },
  {
    id: "monitoring-nobody",
    plant: (site) => {
      site.change(
        configPath,
        'alerts: { ops: { webhook: { url: "https://alerts.example.com/hook", secret: { file: secrets/hook } } } }',
        "",
      );
      site.change(configPath, ", notify: [ops]", "");
    },
  },
  { id: "monitoring-unsigned", plant: inFile(", secret: { file: secrets/hook }", "") },
  { id: "monitoring-critical", plant: inFile("secrets/hook } }", "secrets/hook } }, for: [trunk-down]") },
  {
    id: "privilege-one-address",
    plant: inFile("trunks_from: 10.0.0.3:5080", "trunks_from: 10.0.0.2:5080, shared_address: true"),
  },
  {
    id: "privilege-trunk-unverified",
    plant: inFile("limits: { calls: 30 }", "limits: { calls: 30 }\n    tls: { verify: false, pin_sha256: [] }"),
  },
  { id: "privilege-spared", plant: added("defence: { allow: [10.0.0.0/8] }") },
];
