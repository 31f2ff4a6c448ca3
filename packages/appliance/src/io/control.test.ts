import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ControlAnswer } from "../control-protocol.ts";
import { askControl } from "./control-client.ts";
import { type ControlServer, startControlServer } from "./control-server.ts";

let dir: string;
let path: string;
let server: ControlServer | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-control-"));
  path = join(dir, "control.sock");
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(dir, { recursive: true });
});

const echo = async (request: string): Promise<ControlAnswer> => ({ kind: "error", message: `asked ${request}` });

/** Sends raw bytes, returns what comes back. */
function send(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.end(bytes));
    let text = "";
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}

test("a request is answered", async () => {
  server = await startControlServer(path, echo);
  expect(await askControl(path, "status", 1_000)).toEqual({ kind: "error", message: "asked status" });
});

test("only the owner can open the socket", async () => {
  server = await startControlServer(path, echo);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

const nonsense: readonly (readonly [string, string])[] = [
  ["text that is not JSON", "hello\n"],
  ["an unknown command", '{"command":"shutdown"}\n'],
  ["a name every object has", '{"command":"__proto__"}\n'],
  ["null", "null\n"],
  ["a line without end", "x".repeat(5_000)],
];

test.each(nonsense)("%s is answered with an error and harms nothing", async (_what, bytes) => {
  server = await startControlServer(path, echo);
  expect(JSON.parse(await send(bytes))).toEqual({ kind: "error", message: "unknown request" });
  expect(await askControl(path, "reload", 1_000)).toEqual({ kind: "error", message: "asked reload" });
});

test("a request that fails inside is answered with the reason", async () => {
  server = await startControlServer(path, () => Promise.reject(new Error("out of order")));
  expect(await askControl(path, "status", 1_000)).toEqual({ kind: "error", message: "out of order" });
});

test("a second process with the same state folder is refused", async () => {
  server = await startControlServer(path, echo);
  await expect(startControlServer(path, echo)).rejects.toMatchObject({ code: "already-running" });
  expect(await askControl(path, "status", 1_000)).toMatchObject({ kind: "error" });
});

test("a socket file left by a killed process is replaced", async () => {
  writeFileSync(path, "");
  server = await startControlServer(path, echo);
  expect(await askControl(path, "status", 1_000)).toMatchObject({ kind: "error" });
});

test("asking where nobody listens fails with the system's code", async () => {
  await expect(askControl(path, "status", 1_000)).rejects.toMatchObject({ code: "ENOENT" });
});
