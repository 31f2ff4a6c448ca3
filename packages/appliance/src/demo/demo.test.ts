/** The demo as a process: the first thing that anybody sees. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadConfig } from "@ringfence/policy";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { launch, type RunningProcess } from "../../../../test/support/ringfence-process.ts";
import { freePort } from "../io/free-ports.ts";
import type { Status } from "../status.ts";
import { keepAccounts } from "./accounts.ts";
import { demoBanner } from "./banner.ts";
import { type DemoPlan, demoConfig } from "./demo-config.ts";

let dir: string;
let demo: RunningProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence demo "));
});
afterEach(async () => {
  demo?.child.kill("SIGKILL");
  await demo?.finished;
  demo = undefined;
  rmSync(dir, { recursive: true });
});

const plan: DemoPlan = {
  address: "192.0.2.7",
  sipPort: 5060,
  pbxPort: 5160,
  phonesFromPort: 5070,
  trunksFromPort: 5080,
  metricsPort: 9060,
  adminPort: 9061,
  media: { first: 10_000, last: 10_999 },
  stateDir: '/tmp/a "quoted" folder',
};

test("the demo's configuration is one that a user could write", () => {
  const loaded = loadConfig(demoConfig(plan));
  expect(loaded).toMatchObject({
    ok: true,
    config: { state: { dir: plan.stateDir }, phones: { media: { srtp: "optional" } } },
  });
  if (loaded.ok) expect(loaded.warnings.map(({ code }) => code)).toEqual(["certificate-self-signed"]);
});

test("passwords are made once and kept", () => {
  const { file, accounts } = keepAccounts(dir);
  expect(accounts.map(({ user }) => user)).toEqual(["1001", "1002"]);
  expect(accounts[0]?.password).not.toBe(accounts[1]?.password);
  expect(keepAccounts(dir).accounts).toEqual(accounts);
  expect(JSON.parse(readFileSync(file, "utf8")).accept).toContain("127.0.0.1");
});

test("the banner holds everything to type into a phone", () => {
  const banner = demoBanner(plan, [{ user: "1001", password: "abcd-efgh-jkmn" }], { bold: (text) => text });
  for (const part of [
    "192.0.2.7",
    "1001",
    "abcd-efgh-jkmn",
    "TLS, port 5061",
    "port 5060",
    "Dial 600",
    "self-signed",
  ]) {
    expect(banner).toContain(part);
  }
});

test("the demo is ready for a call, and ends with a line when its PBX dies", async () => {
  const port = await freePort("0.0.0.0");
  demo = launch(dir, "start", "--demo-port", String(port));
  const out = await demo.says('"event":"ready"');
  await demo.says("Ringfence demo is ready");
  expect(out).not.toContain("fatal");
  // In the checkout, where the demo keeps what it made; this one's port never comes again.
  const made = fileURLToPath(new URL(`../../../../.state/demo-${port}`, import.meta.url));
  onTestFinished(() => rmSync(made, { recursive: true }));
  const status: Status = JSON.parse((await launch(dir, "status", "--json").finished).out);
  expect(status).toMatchObject({ demo: true, pid: demo.child.pid });

  const pbx = readFileSync(`/proc/${demo.child.pid}/task/${demo.child.pid}/children`, "utf8").trim();
  process.kill(Number(pbx), "SIGKILL");
  const { code, err } = await demo.finished;
  expect(err).toContain("the demo's PBX stopped");
  expect(code).toBe(2);
}, 60_000);
