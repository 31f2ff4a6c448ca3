/**
 * A machine in a folder, with a configuration in which an audit finds nothing: the files that it reads, the kernel's and the system's
 * among them, and programs that say what those of Debian say. Whoever plants a weakness changes one of these.
 */
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Made, makeCertificate, type Wish } from "./certificates.ts";

export const day = 86_400_000;
export const configPath = "/etc/ringfence/ringfence.yaml";
export const backups = "/var/backups/ringfence";
export const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const secrets = "/etc/ringfence/secrets";

/** RFC 3339 without what a file name does not need, as the names of backups have it. */
const compactTime = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replaceAll("-", "").replaceAll(":", "")}Z`;

const file = `
pbx: { address: 10.0.0.5 }
phones:
  domains: [pbx.example.com]
  listen:
    - { transport: tls, address: 203.0.113.1, port: 5061, certificate: edge }
    - { transport: wss, address: 203.0.113.1, port: 8443, certificate: edge, origins: ["https://phone.example.com"] }
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
certificates: { edge: { cert: edge.pem, key: { file: secrets/edge.key } } }
policy:
  country: DE
  limits: { calls_per_account: 2 }
  accounts: { default: { calls: 2, calls_per_hour: 30, minutes_per_day: 300, international: false } }
  destinations: [{ country: [DE, AT], action: allow }, { action: reject }]
  anomaly: {}
  on_fraud: { action: suspend, notify: [ops] }
alerts: { ops: { webhook: { url: "https://alerts.example.com/hook", secret: { file: secrets/hook } } } }
logs: { files: { path: /var/log/ringfence }, syslog: { url: "tls://siem.example.com:6514" } }
capture: { hep: "tls://homer.example.com:9061" }
cdr: { export: { to: rows, every: 1d, encrypt_to: [${recipient}] } }
admin: { listen: 10.0.0.2:9061, certificate: edge, client_ca: people.pem, allow: [10.0.0.0/24] }
state: { dir: /var/lib/ringfence }
backup: { to: /var/backups/ringfence, encrypt_to: [${recipient}], copy: [/usr/bin/rsync, "{}", "keeper@192.0.2.99:"] }
`;

const sockets = [
  "  sl  local_address rem_address   st tx_queue",
  "   0: 017100CB:13C5 00000000:0000 0A 0:0",
  "   1: 00000000:0016 00000000:0000 0A 0:0",
  "   2: 0100007F:2364 00000000:0000 0A 0:0",
];

const anna = {
  name: "anna",
  role: "admin",
  since: 0,
  password: "scrypt$anna",
  totp: { secret: "x", usedStep: 0 },
  passkeys: [{ id: "a", publicKey: "b", counter: 0, transports: [] }],
  recovery: [],
  invitation: null,
  known: [],
  lastSignIn: null,
};

let authority: Promise<Made> | undefined;
let edge: Promise<Made> | undefined;

export class GoodSite {
  readonly root: string;
  readonly now = Date.now();
  /** What the process that serves says. */
  status = {
    pid: 4242,
    node: "v24.22.1",
    version: "",
    inShadow: [] as readonly string[],
    kernel: { state: "proven" as "proven" | "failed", why: "" },
  };
  known = {
    secrets: [{ name: "certificates.edge.key", since: this.now - 30 * day }],
    deliveries: [{ receiver: "ops", way: "webhook", at: this.now - day }],
  };
  /** The runtime that is installed. */
  node = "v24.22.1";
  interfaces = [
    { name: "lo", address: "127.0.0.1" },
    { name: "eth0", address: "203.0.113.1" },
    { name: "eth1", address: "10.0.0.2" },
    { name: "eth1", address: "10.0.0.3" },
  ];

  private constructor(root: string) {
    this.root = root;
  }

  static async make(): Promise<GoodSite> {
    const site = new GoodSite(mkdtempSync(join(tmpdir(), "site-")));
    authority ??= makeCertificate({ authority: true, days: 90 });
    edge ??= authority.then((by) => makeCertificate({ names: ["pbx.example.com"], by, days: 60 }));
    await site.certified(await edge);
    site.#configure();
    site.#serve();
    site.#system();
    site.keep();
    return site;
  }

  /** Other certificates than the good one. @param wish what it is made of, signed by the good authority */
  async wish(wish: Wish): Promise<void> {
    const by = await authority;
    await this.certified(await makeCertificate({ names: ["pbx.example.com"], days: 60, ...(by && { by }), ...wish }));
  }

  async certified(made: Made, chain = true): Promise<void> {
    const above = chain ? `\n${(await authority)?.cert}` : "";
    this.write("/etc/ringfence/edge.pem", `${made.cert}${above}`);
    this.write(`${secrets}/edge.key`, made.key, 0o640);
  }

  write(path: string, text: string, mode = 0o644): void {
    const at = join(this.root, path);
    mkdirSync(dirname(at), { recursive: true, mode: 0o755 });
    writeFileSync(at, text, { mode });
    chmodSync(at, mode);
  }

  /** One piece of a file written in another way. @throws Error where it does not stand there */
  change(path: string, piece: string, instead: string): void {
    const text = this.read(path);
    if (!text.includes(piece)) throw new Error(`${path} does not say ${piece}`);
    const changed = text.replace(piece, () => instead);
    writeFileSync(join(this.root, path), changed);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  /** A backup of this age, that was taken away, and restored once to see. */
  keep({ age = 3_600_000, copied = true, tested = this.now - day, ok = true } = {}): void {
    this.remove(backups);
    const at = this.now - age;
    const name = `ringfence-${compactTime(at)}-timer.tar.age`;
    this.write(`${backups}/${name}`, "age-encryption.org/v1\n", 0o600);
    this.mode(backups, 0o700);
    const last = { format: 1, at, file: `${backups}/${name}`, size: 22, keys: 1, copied: copied ? at : null };
    this.write("/var/lib/ringfence/last-backup.json", JSON.stringify(last), 0o600);
    const verify = { format: 1, at: tested, file: name, made: at, ok, said: "" };
    this.write("/var/lib/ringfence/last-verify.json", JSON.stringify(verify), 0o600);
  }

  mode(path: string, mode: number): void {
    chmodSync(join(this.root, path), mode);
  }

  /** Written so long ago. */
  age(path: string, ms: number): void {
    const at = new Date(this.now - ms);
    utimesSync(join(this.root, path), at, at);
  }

  /** A program of the system that says this and ends well; undefined: it refuses. */
  program(name: string, says: string | undefined): void {
    const body = says === undefined ? "exit 1" : `printf '%s\\n' '${says}'`;
    this.write(`/usr/bin/${name}`, `#!/bin/sh\n${body}\n`, 0o755);
  }

  remove(path = ""): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  #configure(): void {
    const inside = file.replaceAll(" /var/", ` ${this.root}/var/`);
    this.write(configPath, inside, 0o640);
    const hash = (algorithm: string): string =>
      createHash(algorithm).update("1001:pbx.example.com:kV7-zw2Qpd9-sTf-Lq3x").digest("hex");
    const ha1 = `{ realm: pbx.example.com, algorithm: SHA-256, hash: ${hash("sha256")} }`;
    this.write("/etc/ringfence/accounts.yaml", `"1001": { ha1: [${ha1}] }\n`, 0o640);
    this.write(`${secrets}/hook`, "7vYpQ2mW9sXdK4tB8nRc\n", 0o640);
    this.write("/etc/ringfence/people.pem", this.read("/etc/ringfence/edge.pem"));
  }

  #serve(): void {
    this.write("/var/lib/ringfence/admins.json", JSON.stringify({ format: 1, users: [anna], keys: [] }), 0o600);
    this.mode("/var/lib/ringfence", 0o700);
    this.write("/var/log/ringfence/ringfence.log", "", 0o640);
    this.mode("/var/log/ringfence", 0o750);
    this.write("/usr/lib/ringfence/ringfence", "", 0o755);
    this.write("/usr/lib/systemd/system/ringfence.service", "[Service]\n");
    this.write("/proc/4242/status", "Name:\tnode\nUid:\t998\t998\t998\t998\nCapEff:\t0000000000000400\n");
    this.write("/proc/4242/limits", "Limit  Soft Limit  Hard Limit  Units\nMax open files  65536  65536  files\n");
    this.write("/proc/net/tcp", sockets.join("\n"));
    this.write("/proc/net/udp", `${sockets[0]}\n   0: 017100CB:2710 00000000:0000 07 0:0\n`);
  }

  #system(): void {
    const kernel = {
      "net/core/rmem_max": 4_194_304,
      "net/core/netdev_max_backlog": 5_000,
      "net/core/somaxconn": 4_096,
      "net/netfilter/nf_conntrack_max": 262_144,
      "net/ipv4/tcp_syncookies": 1,
    };
    for (const [name, value] of Object.entries(kernel)) this.write(`/proc/sys/${name}`, `${value}\n`);
    this.write(
      "/etc/passwd",
      "root:x:0:0:root:/root:/bin/bash\nringfence:x:998:998::/var/lib/ringfence:/usr/sbin/nologin\n",
    );
    this.write("/etc/shadow", "root:!:20000:0:99999:7:::\nringfence:!:20000::::::\n", 0o640);
    this.write("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n");
    const shell = "PermitRootLogin no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n";
    this.write("/etc/ssh/sshd_config.d/10-site.conf", shell);
    this.write("/etc/apt/apt.conf.d/20auto-upgrades", 'APT::Periodic::Unattended-Upgrade "1";\n');
    this.write("/usr/bin/unattended-upgrade", "", 0o755);
    this.write("/var/lib/apt/lists/mirror_dists_bookworm_InRelease", "");
    this.program("apt-get", "Reading package lists...");
    this.program("timedatectl", "NTPSynchronized=yes");
    this.program("nft", JSON.stringify({ nftables: [{ chain: { hook: "input", policy: "drop" } }] }));
  }
}
