/** What systemd hears, with a socket of Python in its place: Node.js has none of that kind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { outsideProgram } from "../../../../test/support/outside-program.ts";
import { Supervisor } from "./supervisor.ts";

const hear = `
import socket, sys
ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ear.bind(sys.argv[1])
print("listening", flush=True)
for _ in range(int(sys.argv[2])): print(ear.recv(100).decode(), flush=True)
`;

const silent = { line: () => undefined };
const scenario = outsideProgram("python3", "python3");

scenario("a supervisor hears that the process is ready, that its loop turns, and that it ends", async () => {
  const dir = mkdtempSync(join(tmpdir(), "ringfence-notify-"));
  const socket = join(dir, "notify");
  const ear = spawn("python3", ["-c", hear, socket, "4"], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(ear, "close");
  let heard = "";
  ear.stdout.setEncoding("utf8").on("data", (text: string) => {
    heard += text;
  });
  await once(ear.stdout, "data");
  const supervisor = Supervisor.of({ socket, watchdogMs: 30 }, silent);
  supervisor?.ready();
  await expect.poll(() => heard).toContain("WATCHDOG=1\nWATCHDOG=1\n");
  await closed;
  expect(heard).toMatch(/^listening\nREADY=1\n(WATCHDOG=1\n){3}$/);
  rmSync(dir, { recursive: true });
});

scenario("one that is not there is a line in the log, once, and nothing else", () => {
  const lines: unknown[] = [];
  const line = (...said: readonly unknown[]): void => void lines.push(said);
  const supervisor = Supervisor.of({ socket: "/nowhere/notify" }, { line });
  supervisor?.ready();
  supervisor?.stopping();
  expect(lines).toEqual([["warn", { event: "supervisor", detail: "READY=1 was not heard: ENOENT" }]]);
});

scenario("without one nobody is told", () => expect(Supervisor.of(undefined, silent)).toBeUndefined());
