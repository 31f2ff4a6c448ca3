/** Weaknesses of files, of the system and of the process that serves, each alone. */
import { createHash } from "node:crypto";
import { makeCertificate } from "./certificates.ts";
import { backups, configPath, day } from "./good-site.ts";
import type { Plant, Planted } from "./planted.ts";

const kernel =
  (name: string, value: number): Plant =>
  (site) =>
    site.write(`/proc/sys/${name}`, `${value}\n`);
const waiting =
  (...lines: readonly string[]): Plant =>
  (site) =>
    site.program("apt-get", lines.join("\n"));
const users =
  (change: object, keys: readonly object[] = []): Plant =>
  (site) => {
    const user = { name: "bob", role: "admin", since: 0, password: "x", totp: null, passkeys: [], recovery: [] };
    const more = { invitation: null, known: [], lastSignIn: null };
    const text = JSON.stringify({ format: 1, users: [{ ...user, ...more, ...change }], keys });
    site.write("/var/lib/ringfence/admins.json", text, 0o600);
  };
const shell =
  (line: string): Plant =>
  (site) =>
    site.write("/etc/ssh/sshd_config.d/00-first.conf", `${line}\n`);
const endOfOne = "-----END CERTIFICATE-----\n";
const totp = { totp: { secret: "x", usedStep: 0 } };
const passkeys = { passkeys: [{ id: "a", publicKey: "b", counter: 0, transports: [] }] };
const key = { id: "k", name: "script", role: "admin", by: "anna", since: 0, expires: 1, hash: "x", lastUsed: null };

export const plantedOnMachine: readonly Planted[] = [
  {
    id: "firewall-other-ports",
    plant: (site) => {
      // Redis on every address, and a packet filter that nobody may ask.
      site.change("/proc/net/tcp", "\n   2:", "\n   9: 00000000:18EB 00000000:0000 0A 0:0\n   2:");
      site.program("nft", undefined);
    },
  },
  {
    id: "firewall-pbx-exposed",
    plant: (site) => {
      // The PBX is on this machine, and its port on every address of it.
      site.change(configPath, "10.0.0.5", "10.0.0.2");
      site.change("/proc/net/tcp", "\n   2:", "\n   9: 00000000:13C4 00000000:0000 0A 0:0\n   2:");
    },
  },
  {
    id: "firewall-default-drop",
    plant: (site) => site.program("nft", '{"nftables":[{"chain":{"hook":"input","policy":"accept"}}]}'),
  },
  {
    id: "firewall-bans-proven",
    plant: (site) => {
      site.status.kernel = { state: "failed", why: "the helper does not answer" };
    },
  },
  { id: "encryption-certificate-expired", plant: (site) => site.wish({ startsIn: -30, days: -1 }) },
  { id: "encryption-certificate-expires", plant: (site) => site.wish({ days: 5 }) },
  {
    id: "encryption-self-signed",
    plant: async (site) => site.certified(await makeCertificate({ names: ["pbx.example.com"], days: 60 }), false),
  },
  {
    id: "encryption-chain",
    plant: (site) => {
      const [own = ""] = site.read("/etc/ringfence/edge.pem").split(endOfOne);
      site.write("/etc/ringfence/edge.pem", own + endOfOne);
    },
  },
  { id: "encryption-name", plant: (site) => site.wish({ names: ["sbc.example.net"] }) },
  { id: "encryption-key", plant: (site) => site.wish({ rsa: true, bits: 1_024 }) },
  {
    id: "sign-in-weak-passwords",
    plant: (site) => {
      const hash = createHash("sha256").update("1001:pbx.example.com:1001").digest("hex");
      const ha1 = `{ realm: pbx.example.com, algorithm: SHA-256, hash: ${hash} }`;
      site.write("/etc/ringfence/accounts.yaml", `"1001": { ha1: [${ha1}] }\n`, 0o640);
    },
  },
  {
    id: "sign-in-plain-passwords",
    plant: (site) => site.write("/etc/ringfence/accounts.yaml", '"1001": { password: kV7-zw2Qpd9-sTf-Lq3x }\n', 0o640),
  },
  { id: "sign-in-second-factor", plant: users({}) },
  { id: "sign-in-passkeys", plant: users(totp) },
  { id: "sign-in-programs", plant: users({ ...totp, ...passkeys }, [{ ...key, addresses: [] }]) },
  {
    id: "patches-vulnerable",
    plant: (site) => {
      site.node = "v24.18.0";
      site.status.node = "v24.18.0";
    },
  },
  {
    id: "patches-ended",
    plant: (site) => {
      site.node = "v23.11.1";
      site.status.node = "v23.11.1";
    },
  },
  {
    id: "patches-security",
    plant: waiting("Inst tzdata [1] (2 Debian-Security:12/stable-security [all])"),
    implies: ["patches-pending"],
  },
  {
    id: "patches-openssl",
    plant: waiting("Inst libssl3 [3.0.17-1] (3.0.21-1 Debian:12.13/stable [amd64])"),
    implies: ["patches-pending"],
  },
  { id: "patches-pending", plant: waiting("Inst tzdata [1] (2 Debian:12.13/stable [all])") },
  { id: "patches-lists", plant: (site) => site.age("/var/lib/apt/lists", 30 * day) },
  { id: "patches-unattended", plant: (site) => site.remove("/usr/bin/unattended-upgrade") },
  { id: "backup-age", plant: (site) => site.keep({ age: 9 * day }) },
  { id: "backup-age", plant: (site) => site.remove(backups) },
  { id: "backup-encrypted", plant: (site) => site.write(`${backups}/by-hand.tar.gz`, "in clear", 0o600) },
  { id: "backup-key-here", plant: (site) => site.write("/etc/ringfence/backup.key", "AGE-SECRET-KEY-1QQ\n", 0o600) },
  { id: "backup-copied", plant: (site) => site.keep({ copied: false }) },
  { id: "backup-tested", plant: (site) => site.keep({ tested: site.now - 200 * day }) },
  { id: "backup-tested", plant: (site) => site.keep({ ok: false }) },
  { id: "privilege-log-files", plant: (site) => site.mode(backups, 0o755) },
  { id: "patches-reboot", plant: (site) => site.write("/run/reboot-required", "") },
  {
    id: "patches-runtime",
    plant: (site) => {
      site.status.node = "v24.23.0";
    },
  },
  {
    id: "patches-restart",
    plant: (site) => {
      site.status.version = "0.0.9";
    },
  },
  { id: "floods-buffer", plant: kernel("net/core/rmem_max", 212_992) },
  { id: "floods-backlog", plant: kernel("net/core/netdev_max_backlog", 100) },
  { id: "floods-accept", plant: kernel("net/core/somaxconn", 128) },
  { id: "floods-conntrack", plant: kernel("net/netfilter/nf_conntrack_max", 8_192) },
  { id: "floods-syn-cookies", plant: kernel("net/ipv4/tcp_syncookies", 0) },
  { id: "floods-files", plant: (site) => site.change("/proc/4242/limits", "65536", "1024") },
  {
    id: "monitoring-proven",
    plant: (site) => {
      site.known.deliveries = [{ receiver: "ops", way: "webhook", at: site.now - 200 * day }];
    },
  },
  { id: "privilege-root", plant: (site) => site.change("/proc/4242/status", "998\t998\t998\t998", "0\t0\t0\t0") },
  {
    id: "privilege-capabilities",
    plant: (site) => site.change("/proc/4242/status", "0000000000000400", "000001ffffffffff"),
  },
  { id: "privilege-program-files", plant: (site) => site.mode("/usr/lib/ringfence", 0o777) },
  { id: "privilege-secret-files", plant: (site) => site.mode("/etc/ringfence/secrets/edge.key", 0o644) },
  { id: "privilege-configuration", plant: (site) => site.mode(configPath, 0o666) },
  { id: "privilege-configuration", plant: (site) => site.mode("/etc/ringfence", 0o777) },
  { id: "privilege-log-files", plant: (site) => site.mode("/var/log/ringfence", 0o755) },
  { id: "privilege-state", plant: (site) => site.mode("/var/lib/ringfence", 0o755) },
  { id: "privilege-shell-passwords", plant: shell("PasswordAuthentication yes") },
  { id: "privilege-shell-passwords", plant: shell("KbdInteractiveAuthentication yes") },
  { id: "privilege-shell-root", plant: shell("PermitRootLogin prohibit-password") },
  { id: "privilege-shell-empty", plant: shell("PermitEmptyPasswords yes") },
  {
    id: "privilege-other-roots",
    plant: (site) => site.change("/etc/passwd", "ringfence:x:998", "toor:x:0:0::/:/bin/sh\nringfence:x:998"),
  },
  { id: "privilege-other-roots", plant: (site) => site.change("/etc/shadow", "root:!", "guest::20000::::::\nroot:!") },
  { id: "privilege-clock", plant: (site) => site.program("timedatectl", "NTPSynchronized=no") },
  {
    id: "privilege-one-interface",
    plant: (site) => {
      site.interfaces = site.interfaces.map((one) => ({ ...one, name: one.name === "lo" ? "lo" : "eth0" }));
    },
  },
  {
    id: "privilege-shadow",
    plant: (site) => {
      site.status.inShadow = ["policy.limits"];
    },
  },
  { id: "privilege-leftovers", plant: (site) => site.write(`${configPath}.dpkg-dist`, "") },
  {
    id: "privilege-leftovers",
    plant: (site) => site.write("/etc/systemd/system/ringfence.service", "[Service]\nUser=root\n"),
  },
  {
    id: "privilege-old-secrets",
    plant: (site) => {
      site.known.secrets = [{ name: "trunks.carrier.credentials.password", since: site.now - 800 * day }];
    },
  },
];
