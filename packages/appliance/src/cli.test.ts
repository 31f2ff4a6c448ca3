/** The command as a user runs it: exit codes and lines. Each test starts ./ringfence with the pinned runtime. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../../../test/support/free-port.ts";
import { type Finished, launch } from "../../../test/support/ringfence-process.ts";
import { version } from "./version.ts";

const smallest = `pbx:
  address: 127.0.0.1:5160
phones:
  domains: [pbx.example.com]
`;

let dir: string;
let holder: Server | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence cli "));
});
afterEach(() => {
  holder?.close();
  holder = undefined;
  rmSync(dir, { recursive: true });
});

const run = (...args: readonly string[]): Promise<Finished> => launch(dir, ...args).finished;

function file(name: string, text: string): string {
  writeFileSync(join(dir, name), text);
  return name;
}

test("without arguments it shows help with examples", async () => {
  const { code, out } = await run();
  expect(code).toBe(0);
  expect(out).toContain("Usage: ringfence");
  expect(out).toContain("./ringfence check sbc.yaml");
});

test("version names program and runtime", async () => {
  expect((await run("version")).out).toMatch(new RegExp(`^ringfence ${version}, Node v24\\.`));
  expect((await run("--version")).out).toBe(`${version}\n`);
});

const usage: readonly (readonly [string, readonly string[], string])[] = [
  ["an unknown command", ["launch"], "unknown command 'launch'"],
  ["an unknown option", ["start", "--fast"], "unknown option '--fast'"],
  ["a missing argument", ["check"], "missing required argument 'file'"],
  ["a missing file", ["start", "--config", "nowhere.yaml"], "nowhere.yaml: there is no such file"],
  ["a folder in place of a file", ["check", "."], "is a folder"],
  ["a demo port that is none", ["start", "--demo-port", "80x"], "--demo-port must be a number"],
  ["nothing to reload", ["reload"], "no Ringfence of this user runs here"],
  ["nothing to ask", ["status", "--json"], "no Ringfence of this user runs here"],
];

test.each(usage)("%s is one line and exit code 2", async (_what, args, text) => {
  const { code, out, err } = await run(...args);
  expect(err).toContain(text);
  expect(err.trimEnd().split("\n")).toHaveLength(1);
  expect(out).toBe("");
  expect(code).toBe(2);
});

test("the smallest useful file is good", async () => {
  const { code, out } = await run("check", file("sbc.yaml", smallest));
  expect(out).toContain("sbc.yaml: good");
  expect(code).toBe(0);
});

test("every problem of a file is shown with its place, and the exit code is 78", async () => {
  const { code, err } = await run(
    "check",
    file("bad.yaml", `${smallest}  listn: []\npolicy:\n  limits: { calls: -1 }\n`),
  );
  expect(err).toContain("bad.yaml:5:3: phones.listn: ");
  expect(err).toContain("bad.yaml:7:20: policy.limits.calls: ");
  expect(code).toBe(78);
});

test("a bad file does not start", async () => {
  expect((await run("start", "--config", file("bad.yaml", "pbx: 5\n"))).code).toBe(78);
});

test("a file cannot paint the terminal", async () => {
  const { err } = await run("check", file("bad.yaml", `${smallest}"\\e[2J": 1\n`));
  expect(err).not.toContain("\u001b");
  expect(err).toContain("\\x1b[2J");
});

test("a certificate that is missing is named", async () => {
  const tls =
    "  listen: [{ transport: tls, certificate: edge }]\ncertificates:\n  edge: { cert: a.pem, key: { file: a.key } }\n";
  const { code, err } = await run("check", file("sbc.yaml", smallest + tls));
  expect(err).toContain("certificates.edge.cert: ");
  expect(code).toBe(2);
});

test.each([
  ["a listener's", (port: number) => ({ listen: port, metrics: 0 })],
  ["the metrics'", (port: number) => ({ listen: 0, metrics: port })],
])("a taken port, %s, is one line with the name of who has it", async (_whose, places) => {
  const server = createServer();
  holder = server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const { listen, metrics } = places(port);
  const rest = `  listen: [{ transport: tcp, address: 127.0.0.1, port: ${listen} }]
metrics: { listen: "127.0.0.1:${metrics}" }
core: { phones_from: "127.0.0.1:${await freePort()}", trunks_from: "127.0.0.2:5080" }
state: { dir: state }
`;
  const { code, err } = await run("start", "--config", file("sbc.yaml", smallest + rest));
  const line = err.split("\n").find((text) => text.startsWith("ringfence: "));
  expect(line).toContain(`127.0.0.1:${port} is taken by`);
  expect(line).toContain(`(process ${process.pid})`);
  expect(code).toBe(2);
});
