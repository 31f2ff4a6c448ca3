/** What certbot's deploy hook does, with certificates made here in place of certbot. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Made, makeCertificate, type Wish } from "../../../../test/support/certificates.ts";
import { freePort } from "../../../../test/support/free-port.ts";
import { launch, type RunningProcess } from "../../../../test/support/ringfence-process.ts";
import { readConfigFile } from "../config-file.ts";
import { readEnvironment } from "../environment.ts";
import { certbotCommand, quotedForShell } from "./certbot-command.ts";
import { takeCertificate } from "./take-certificate.ts";

/** Towards a PBX that is not there. */
const corePort = await freePort();
const root = fileURLToPath(new URL("../../../../", import.meta.url));
let dir: string;
const running: RunningProcess[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-certbot-"));
  mkdirSync(join(dir, "certificates"), { mode: 0o750 });
});
afterEach(async () => {
  for (const { child } of running) child.kill("SIGKILL");
  await Promise.all(running.splice(0).map(({ finished }) => finished));
  rmSync(dir, { recursive: true, maxRetries: 3 });
});

const file = () => join(dir, "sbc.yaml");
const inPlace = (name: string) => readFileSync(join(dir, "certificates", name), "utf8");

function write(acme = "{ domains: [sip.example.com], email: noc@example.com }", port = 0): void {
  writeFileSync(
    file(),
    `pbx: { address: "127.0.0.1:5160" }
phones:
  domains: [pbx.example.com]
  listen: [{ transport: tls, address: 127.0.0.1, port: ${port}, certificate: edge }]
core: { phones_from: "127.0.0.1:${corePort}", trunks_from: "127.0.0.2:5080" }
media: { ports: 31000-31999 }
metrics: { listen: "127.0.0.1:0" }
state: { dir: state }
certificates: { edge: { acme: ${acme} } }
`,
  );
}

/** As certbot leaves it. */
async function renewed(wish: Wish = {}, lineage = "edge"): Promise<Made & { readonly folder: string }> {
  const made = await makeCertificate({ names: ["sip.example.com"], ...wish });
  const folder = join(dir, "live", lineage);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "fullchain.pem"), made.cert);
  writeFileSync(join(folder, "privkey.pem"), made.key, { mode: 0o600 });
  return { ...made, folder };
}

const take = (folder: string) => takeCertificate(readConfigFile(file()), folder, readEnvironment({}));

test("the first one lies where the configuration file has it by default, its key closed to others", async () => {
  write();
  const { cert, key, folder } = await renewed();
  expect(await take(folder)).toMatchObject({ name: "edge", cert: join(dir, "certificates", "edge.pem") });
  expect([inPlace("edge.pem"), inPlace("edge.key")]).toEqual([cert, key]);
  expect(statSync(join(dir, "certificates", "edge.key")).mode & 0o777).toBe(0o640);
});

test("the next one keeps the mode that somebody gave the file", async () => {
  write();
  await take((await renewed()).folder);
  chmodSync(join(dir, "certificates", "edge.key"), 0o600);
  const { key, folder } = await renewed();
  await take(folder);
  expect(inPlace("edge.key")).toBe(key);
  expect(statSync(join(dir, "certificates", "edge.key")).mode & 0o777).toBe(0o600);
});

test.each<readonly [string, Wish, boolean, string]>([
  ["for another name", { names: ["other.example.com"] }, false, "does not stand for sip.example.com"],
  ["that has expired", { days: -1 }, false, "has expired"],
  ["whose key is another's", {}, true, "do not belong together"],
])("one %s is refused, and what was there stays", async (_, wish, strangeKey, message) => {
  write();
  const { cert, key, folder } = await renewed();
  await take(folder);
  await renewed(wish);
  if (strangeKey) writeFileSync(join(folder, "privkey.pem"), (await makeCertificate({})).key);
  await expect(take(folder)).rejects.toThrow(message);
  expect([inPlace("edge.pem"), inPlace("edge.key")]).toEqual([cert, key]);
});

test("of another lineage nothing is taken; `name` says which is ours", async () => {
  write();
  const { folder } = await renewed({}, "sip.example.com");
  expect(await take(folder)).toBeUndefined();
  write("{ domains: [sip.example.com], name: sip.example.com }");
  expect(await take(folder)).toMatchObject({ name: "edge" });
});

test("a folder that is not there is said by its path, and where the first one comes from", async () => {
  write("{ domains: [sip.example.com] }");
  rmSync(join(dir, "certificates"), { recursive: true });
  await expect(take((await renewed()).folder)).rejects.toMatchObject({ code: "certificate-not-written" });
  const checked = await launch(dir, "check", "sbc.yaml").finished;
  expect(checked).toMatchObject({ code: 2, err: expect.stringContaining("`ringfence certificates` shows how") });
}, 120_000);

test("certbot is asked for every name, and is told what to do when it has one", () => {
  const asked = { domains: ["sip.example.com", "pbx.example.com"], email: "a'b@example.com", name: "edge" };
  const command = certbotCommand(asked, "/etc/ringfence/my file.yaml");
  expect(command.join(" ")).toBe(
    "certbot certonly --standalone --non-interactive --agree-tos --cert-name edge --email a'b@example.com --domain sip.example.com --domain pbx.example.com " +
      `--deploy-hook ringfence certificates take "$RENEWED_LINEAGE" --config '/etc/ringfence/my file.yaml'`,
  );
  expect(quotedForShell("a'b@example.com")).toBe(`'a'\\''b@example.com'`);
});

async function browser(port: number): Promise<TLSSocket> {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, servername: "sip.example.com" });
  await once(socket, "secureConnect");
  return socket;
}

const shows = (socket: TLSSocket): string => socket.getPeerX509Certificate()?.toString() ?? "";

test("the hook takes it over while a connection stays: that one goes on, the next one sees the new certificate", async () => {
  const port = await freePort();
  write("{ domains: [sip.example.com] }", port);
  const old = await renewed();
  await take(old.folder);
  const service = launch(dir, "start", "--config", "sbc.yaml");
  running.push(service);
  await service.says('"event":"ready"');
  const before = await browser(port);
  const next = await renewed();
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: dir,
    RUNTIME_DIRECTORY: join(dir, "run"),
    RINGFENCE: join(root, "ringfence"),
    RINGFENCE_CONFIG: file(),
    RENEWED_LINEAGE: next.folder,
  };
  const hook = spawn(join(root, "deploy/certbot/ringfence-certificate"), { env, stdio: "ignore" });
  expect((await once(hook, "close"))[0]).toBe(0);
  const after = await browser(port);
  expect([shows(before).trim(), shows(after).trim()]).toEqual([old.cert.trim(), next.cert.trim()]);
  // RFC 5626 §4.4.1: two line ends are answered with one.
  before.write("\r\n\r\n");
  expect(String((await once(before, "data"))[0])).toBe("\r\n");
  before.destroy();
  after.destroy();
}, 120_000);
