/** A whole Ringfence as a process, on ports that the system chooses: started, asked, reloaded, stopped. */
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { type Finished, launch, type RunningProcess } from "../../../test/support/ringfence-process.ts";
import type { Status } from "./status.ts";

/** Of each that runs at one time, by the folder of its state. */
const corePorts = new Map<string, number>();
for (const state of ["state", "a", "b"]) corePorts.set(state, await freePort());
let dir: string;
let started: RunningProcess[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence start "));
  started = [];
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ finished }) => finished));
  rmSync(dir, { recursive: true });
});

function write(calls: number | string, name = "sbc.yaml", state = "state"): string {
  writeFileSync(
    join(dir, name),
    `pbx: { address: "127.0.0.1:5160" }
phones:
  domains: [pbx.example.com]
  listen: [{ transport: udp, address: 127.0.0.1, port: 0 }, { transport: tls, address: 127.0.0.1, port: 0 }]
core: { phones_from: "127.0.0.1:${corePorts.get(state)}", trunks_from: "127.0.0.2:5080" }
policy: { limits: { calls: ${calls} } }
media: { ports: 30000-30999 }
metrics: { listen: "127.0.0.1:0" }
state: { dir: ${state} }
`,
  );
  return name;
}

async function start(config: string): Promise<RunningProcess> {
  const running = launch(dir, "start", "--config", config);
  started.push(running);
  await running.says('"event":"ready"');
  return running;
}

const run = (...args: readonly string[]): Promise<Finished> => launch(dir, ...args).finished;
const status = async (...args: readonly string[]): Promise<Status> =>
  JSON.parse((await run("status", "--json", ...args)).out);

test("it starts, says what it does, and leaves nothing behind when it is stopped", async () => {
  const running = await start(write(500));
  const now = await status();
  expect(now).toMatchObject({ demo: false, registrations: 0, calls: 0, config: { generation: 1, lastReload: null } });
  expect(now.transactions).toEqual({ server: 0, client: 0 });
  expect(now.listeners.map(({ role, transport }) => `${role} ${transport}`)).toEqual(
    expect.arrayContaining(["access udp", "access tls", "core-phones udp"]),
  );
  expect(now.media).toMatchObject({ engine: expect.stringMatching(/^(native|js)$/), portsInUse: 0 });

  const base = `http://127.0.0.1:${now.metrics.port}`;
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${base}/metrics`)).text()).toContain("ringfence_config_generation 1");

  running.child.kill("SIGTERM");
  const { code, out } = await running.finished;
  expect(code).toBe(0);
  expect(out).toContain('"event":"stopped"');
  expect(existsSync(join(dir, "state", "control.sock"))).toBe(false);
  expect(readdirSync(join(dir, "run"))).toEqual([]);
}, 60_000);

test("a reload says what changed, a refused one leaves the old configuration serving", async () => {
  const running = await start(write(500));
  expect((await run("reload")).out).toContain("unchanged: generation 1");

  write(20);
  const applied = await run("reload");
  expect(applied.out).toContain("reloaded: generation 2\n  policy.limits.calls: 500 -> 20");
  expect(applied.code).toBe(0);

  write("many");
  const refused = await run("reload");
  expect(refused.err).toContain("sbc.yaml:6:");
  expect(refused.err).toContain("generation 2) goes on serving");
  expect(refused.code).toBe(78);
  const after = await status();
  expect(after.config).toMatchObject({ generation: 2, lastReload: { outcome: "refused" } });
  const metrics = await (await fetch(`http://127.0.0.1:${after.metrics.port}/metrics`)).text();
  expect(metrics).toContain("ringfence_config_last_reload_success 0");

  write(30);
  running.child.kill("SIGHUP");
  await running.says('"generation":3');
  expect((await status()).config).toMatchObject({ generation: 3, lastReload: { outcome: "applied" } });
}, 60_000);

test("of two running ones a command needs to be told which, and --config tells it", async () => {
  await Promise.all([start(write(500, "a.yaml", "a")), start(write(500, "b.yaml", "b"))]);
  const unclear = await run("status");
  expect(unclear.code).toBe(2);
  expect(unclear.err).toContain("2 are running");
  expect((await status("--config", "b.yaml")).config.file).toBe(join(dir, "b.yaml"));
}, 60_000);

test("a second one with the same state folder does not start, and the first serves on", async () => {
  const first = await start(write(500));
  const second = await run("start", "--config", "sbc.yaml");
  expect(second.code).toBe(2);
  expect(second.err).toContain(`another Ringfence (process ${first.child.pid}) uses the same state folder`);
  expect((await status()).pid).toBe(first.child.pid);
}, 60_000);

test("one that was killed does not stand in the way of the next", async () => {
  const first = await start(write(500));
  first.child.kill("SIGKILL");
  await first.finished;
  const second = await start("sbc.yaml");
  expect((await status()).pid).toBe(second.child.pid);
}, 60_000);
