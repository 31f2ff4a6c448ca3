import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findRunning } from "./control/find-running.ts";
import type { ControlDesk } from "./control/protocol.ts";
import type { Environment } from "./environment.ts";
import { announceInstance, type Instance, listInstances, socketPath } from "./instances.ts";
import { type ControlServer, startControlServer } from "./io/control-server.ts";

let dir: string;
let environment: Environment;
let servers: ControlServer[];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-instances-"));
  servers = [];
  environment = {
    runtimeDir: join(dir, "run"),
    userStateDir: join(dir, "user"),
    noColour: true,
    userName: "test",
    secret: () => undefined,
  };
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(dir, { recursive: true });
});

function instance(pid: number, name = `state-${pid}`): Instance {
  const stateDir = join(dir, name);
  mkdirSync(stateDir, { recursive: true });
  return { pid, socket: join(stateDir, "control.sock"), stateDir, config: join(dir, `${name}.yaml`), demo: false };
}

/** Announces it and answers on its socket. */
async function run(pid: number): Promise<Instance> {
  const running = instance(pid);
  servers.push(await startControlServer(running.socket, () => undefined));
  announceInstance(running, environment);
  return running;
}

test("what was announced is listed until it is withdrawn", () => {
  const withdraw = announceInstance(instance(7), environment);
  expect(listInstances(environment)).toEqual([instance(7)]);
  withdraw();
  expect(listInstances(environment)).toEqual([]);
});

test("only its owner can look into the folder", () => {
  announceInstance(instance(7), environment);
  expect(statSync(environment.runtimeDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(environment.runtimeDir, "7.json")).mode & 0o777).toBe(0o600);
});

test("a folder that others may write to is not believed", () => {
  announceInstance(instance(7), environment);
  chmodSync(environment.runtimeDir, 0o777);
  expect(listInstances(environment)).toEqual([]);
  expect(() => announceInstance(instance(8), environment)).toThrow("others may write to it");
});

test("a link in place of the folder is not followed", () => {
  announceInstance(instance(7), environment);
  const link = { ...environment, runtimeDir: join(dir, "link") };
  symlinkSync(environment.runtimeDir, link.runtimeDir);
  expect(listInstances(link)).toEqual([]);
});

test("a damaged entry is passed over", () => {
  announceInstance(instance(7), environment);
  writeFileSync(join(environment.runtimeDir, "8.json"), "{");
  writeFileSync(join(environment.runtimeDir, "9.json"), '{"pid":"9"}');
  expect(listInstances(environment)).toHaveLength(1);
});

test("a state folder with a path too long for a socket gets one in the runtime folder", () => {
  const long = join(dir, "x".repeat(120));
  const path = socketPath(long, environment);
  expect(path.startsWith(environment.runtimeDir)).toBe(true);
  expect(socketPath(long, environment)).toBe(path);
  expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107);
});

test("the only one that runs is found without being named, past those that were killed", async () => {
  announceInstance(instance(1), environment);
  const running = await run(2);
  expect(await findRunning(undefined, environment)).toMatchObject({ socket: running.socket });
  expect(readdirSync(environment.runtimeDir)).toContain("2.json");
});

test("the entry of a killed process goes when another one takes its place", () => {
  announceInstance(instance(1, "state"), environment);
  announceInstance(instance(2, "state"), environment);
  expect(listInstances(environment).map(({ pid }) => pid)).toEqual([2]);
});

test("an entry is not believed when another process answers on its socket", async () => {
  const entry = instance(2);
  const other = { status: () => ({ status: { pid: 3 } }) } as unknown as ControlDesk;
  servers.push(await startControlServer(entry.socket, () => other));
  announceInstance(entry, environment);
  await expect(findRunning(undefined, environment)).rejects.toMatchObject({ code: "not-running" });
});

test("of several, the one with the configuration file is meant", async () => {
  await run(1);
  const second = await run(2);
  expect(await findRunning(second.config, environment)).toMatchObject({ socket: second.socket });
});

test("of several without a name, none is chosen and all are listed", async () => {
  const [first, second] = [await run(1), await run(2)];
  const error = await findRunning(undefined, environment).catch((e: unknown) => e);
  expect(error).toMatchObject({ code: "several-running", remedy: "Name one with its --config." });
  expect(String(error)).toContain(first.config);
  expect(String(error)).toContain(second.config);
});

test("none running is said plainly", async () => {
  await expect(findRunning(undefined, environment)).rejects.toMatchObject({ code: "not-running" });
});
