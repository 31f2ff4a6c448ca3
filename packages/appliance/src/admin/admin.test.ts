/** Console and API of a whole Ringfence, over TLS: from the code that the command line prints to a configuration that is written. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { type RequestOptions, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Made, makeCertificate } from "../../../../test/support/certificates.ts";
import { freePort } from "../../../../test/support/free-port.ts";
import { type Finished, launch, type RunningProcess } from "../../../../test/support/ringfence-process.ts";
import { totp } from "../../../../test/support/totp.ts";

const corePort = await freePort();
const text = (calls: number | string): string => `pbx: { address: "127.0.0.1:5160" }
phones:
  domains: [pbx.example.com]
  listen: [{ transport: tls, address: 127.0.0.1, port: 0 }]
core: { phones_from: "127.0.0.1:${corePort}", trunks_from: "127.0.0.2:5080" }
policy: { limits: { calls: ${calls} } }
media: { ports: 32000-32999 }
metrics: { listen: "127.0.0.1:0" }
certificates: { web: { cert: web.pem, key: { file: web.key } } }
admin: { listen: "127.0.0.1:0", certificate: web, client_ca: ca.pem, names: [localhost] }
state: { dir: state }
`;

let dir: string;
let authority: Made;
let browser: Made;
let running: RunningProcess;
let port: number;
const jar: { cookie?: string | undefined; csrf?: string } = {};

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "ringfence admin "));
  authority = await makeCertificate({ authority: true });
  const web = await makeCertificate({ names: ["localhost"], by: authority });
  browser = await makeCertificate({ by: authority });
  for (const [name, content] of [
    ["ca.pem", authority.cert],
    ["web.pem", web.cert],
    ["web.key", web.key],
    ["sbc.yaml", text(100)],
  ] as const) {
    writeFileSync(join(dir, name), content, { mode: 0o600 });
  }
  running = launch(dir, "start", "--config", "sbc.yaml");
  const said = await running.says('"event":"ready"');
  port = Number(/https:\/\/localhost:(\d+)/.exec(said)?.[1]);
}, 60_000);
afterAll(async () => {
  running.child.kill("SIGTERM");
  await running.finished;
  rmSync(dir, { recursive: true });
});

const run = (...args: readonly string[]): Promise<Finished> => launch(dir, ...args).finished;

interface Json {
  readonly csrf?: string;
  readonly state?: { readonly csrf?: string };
  readonly totp?: { readonly secret: string; readonly uri: string };
  readonly digest?: string;
  readonly items?: readonly unknown[];
  readonly error?: { readonly code: string };
}

interface Said {
  readonly status: number;
  readonly json: Json;
}

/** As a browser with a certificate does it. */
function ask(method: string, path: string, body?: object, more: RequestOptions = {}): Promise<Said> {
  const { cookie, csrf } = jar;
  const headers = {
    ...(cookie !== undefined && { cookie }),
    ...(csrf !== undefined && { "x-csrf-token": csrf }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  const tls = { ca: authority.cert, cert: browser.cert, key: browser.key };
  return new Promise((resolve, reject) => {
    const asked = request({
      host: "localhost",
      family: 4,
      port,
      path: `/api/v1${path}`,
      method,
      headers,
      ...tls,
      ...more,
    });
    asked.on("error", reject);
    asked.on("response", (response) => {
      const [set] = response.headers["set-cookie"] ?? [];
      if (set !== undefined) jar.cookie = set.split(";")[0];
      let whole = "";
      response.setEncoding("utf8").on("data", (part: string) => {
        whole += part;
      });
      response.on("end", () => {
        const json: Json = whole === "" ? {} : JSON.parse(whole);
        const token = (json.state ?? json).csrf;
        if (token !== undefined) jar.csrf = token;
        resolve({ status: response.statusCode ?? 0, json });
      });
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

test("without the certificate that the configuration asks for nobody gets as far as HTTP", async () => {
  const stranger = { cert: undefined, key: undefined };
  await expect(ask("GET", "/session", undefined, stranger)).rejects.toThrow();
});

test("the first user: a code of the command line, a password, an authenticator; then a configuration is written", async () => {
  expect((await ask("GET", "/overview")).status).toBe(401);
  const code = /([0-9A-Z]{4}(-[0-9A-Z]{4}){4})/.exec((await run("admin", "enrol")).out)?.[1];
  const user = { user: "boss", password: "four plain words together" };
  const begun = await ask("POST", "/enrol", { code, ...user });
  expect(begun.json.totp?.uri).toContain("otpauth://totp/");
  const secret = begun.json.totp?.secret ?? "";
  const enrolled = await ask("POST", "/enrol/totp", { code: totp(secret, Date.now()) });
  expect(enrolled.json).toMatchObject({ state: { user: "boss", role: "admin" } });
  expect(jar.cookie).toMatch(/^__Host-ringfence=/);
  expect(statSync(join(dir, "state", "admins.json")).mode & 0o777).toBe(0o600);

  expect((await ask("GET", "/overview")).json).toMatchObject({ calls: 0, healthy: true, config: { generation: 1 } });
  const { digest } = (await ask("GET", "/config")).json;
  const wrong = await ask("PUT", "/config", { text: text("many"), digest });
  expect(wrong.json).toMatchObject({ outcome: "refused", lines: [expect.stringContaining("policy.limits.calls")] });
  expect(readFileSync(join(dir, "sbc.yaml"), "utf8")).toBe(text(100));
  const written = await ask("PUT", "/config", { text: text(20), digest });
  expect(written.json).toMatchObject({ outcome: "applied", generation: 2, lines: ["policy.limits.calls: 100 -> 20"] });
  expect(readFileSync(join(dir, "sbc.yaml"), "utf8")).toBe(text(20));
  const late = await ask("PUT", "/config", { text: text(30), digest });
  expect(late).toMatchObject({ status: 409, json: { error: { code: "config-changed" } } });
});

test("a key of a viewer reads and does nothing else, and every act has its line", async () => {
  const made = await run("admin", "key", "watcher", "--for", "1h", "--from", "127.0.0.0/8");
  const authorization = `Bearer ${/rf_\S+/.exec(made.out)?.[0]}`;
  const headers = { authorization, "content-type": "application/json" };
  expect((await ask("GET", "/calls", undefined, { headers })).json).toEqual({ items: [], next: null });
  const ban = { source: "192.0.2.1", forMs: 60_000 };
  expect((await ask("POST", "/bans", ban, { headers })).json.error?.code).toBe("role");
  expect((await ask("POST", "/bans", ban)).json.items).toHaveLength(1);
  expect((await run("unban", "192.0.2.1")).code).toBe(0);
  const told = (await run("audit-log", "--json")).out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const acts = told.map(({ by, via, act, result }) => `${act} by ${via === "cli" ? "cli" : by}: ${result}`);
  for (const line of [
    "unban by cli: done",
    "ban by boss: done",
    "ban by key:watcher: refused",
    "config-write by boss: refused",
    "enrol by boss: done",
  ]) {
    expect(acts).toContain(line);
  }
  expect((await run("cdr", "verify")).code).toBe(0);
});

test("what persons did is in a chain: both doors say that it is whole, and when it is not", async () => {
  expect((await ask("GET", "/audit-log/verify")).json).toMatchObject({ intact: true, faults: [] });
  const whole = await run("audit-log", "verify");
  expect(whole).toMatchObject({ code: 0, out: expect.stringContaining("nothing was changed or dropped") });
  const head = whole.out.trim().split(" ").at(-1) ?? "";
  expect((await run("audit-log", "verify", "--head", head)).code).toBe(0);
  expect((await run("cdr", "--json")).code).toBe(0);
  expect((await run("cdr", "export", "-o", "rows.csv")).code).toBe(0);
  expect((await run("audit-log", "--last", "2")).out).toMatch(/by cli: cdr-export .*\n.*by cli: cdr /);
  const book = new DatabaseSync(join(dir, "state", "audit.db"));
  book.exec(`UPDATE records SET facts = replace(facts, 'refused', 'done') WHERE facts LIKE '%"ban"%refused%'`);
  book.close();
  expect(await run("audit-log", "verify")).toMatchObject({ code: 2, err: expect.stringContaining("was changed") });
  expect((await ask("GET", "/audit-log/verify")).json).toMatchObject({
    intact: false,
    faults: [{ fault: "was changed" }],
  });
});

test("status says where the console is, who can sign in, and who has no second factor yet", async () => {
  expect((await run("admin", "add", "anna", "--role", "viewer")).code).toBe(0);
  const { console } = JSON.parse((await run("status", "--json")).out);
  expect(console).toEqual({ url: `https://localhost:${port}/`, users: 1, notEnrolled: ["anna"] });
});

test("every session can be ended at the machine", async () => {
  expect((await ask("GET", "/overview")).status).toBe(200);
  expect(await run("admin", "sign-out", "nobody")).toMatchObject({ code: 2 });
  expect((await run("admin", "sign-out")).out).toContain("1 session ended");
  expect((await ask("GET", "/overview")).status).toBe(401);
});
