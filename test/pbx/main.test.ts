import { type ChildProcess, spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { parseCommandLine } from "./command-line.ts";
import { runCommand } from "./control.ts";
import { startLab } from "./conversation.ts";
import { readPbxData } from "./pbx-data.ts";
import { selfSigned } from "./tls-identity.ts";

const folder = mkdtempSync(`${tmpdir()}/pbx-`);
const accounts = `${folder}/accounts.json`;
writeFileSync(accounts, JSON.stringify({ accounts: [{ user: "1001", password: "x" }] }));
const usual = ["--listen", "udp:127.0.0.1:0", "--accounts", accounts, "--rtp", "127.0.0.1:18300-18399"];

interface Run {
  readonly child: ChildProcess;
  readonly line: () => Promise<string>;
  readonly code: Promise<number | null>;
  readonly errors: () => string;
}

function run(args: readonly string[]): Run {
  const child = spawn(process.execPath, [`${import.meta.dirname}/main.ts`, ...args], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  let out = "";
  let errors = "";
  let wake = () => {};
  child.stdout.on("data", (bytes: Buffer) => {
    out += bytes.toString();
    wake();
  });
  child.stderr.on("data", (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const code = new Promise<number | null>((resolve) => child.once("close", resolve));
  const line = async (): Promise<string> => {
    while (!out.includes("\n")) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    const [first = ""] = out.split("\n");
    out = out.slice(first.length + 1);
    return first;
  };
  return { child, line, code, errors: () => errors };
}

test("one JSON line when it listens, commands on standard input, SIGTERM ends it with 0", async () => {
  const { child, line, code } = run([...usual, "--control", "--knob", "expiresMax=60", "--accept", "127.0.0.1"]);
  const ready: unknown = JSON.parse(await line());
  expect(ready).toMatchObject({ ready: true, listening: [{ transport: "udp", address: "127.0.0.1" }] });
  child.stdin?.write('{"do":"set","knob":"silence","value":"on"}\n');
  expect(JSON.parse(await line())).toEqual({ ok: true });
  child.stdin?.write('{"do":"state"}\n');
  expect(JSON.parse(await line())).toMatchObject({ ok: true, counts: { calls: 0 }, registrations: [] });
  child.kill("SIGTERM");
  expect(await code).toBe(0);
});

test("with --die-with-parent it ends when its standard input does", async () => {
  const { child, line, code } = run([...usual, "--die-with-parent"]);
  await line();
  child.stdin?.end();
  expect(await code).toBe(0);
});

test("a wrong command line is told with the reason", () => {
  const wrong = [
    { args: ["--listen", "sctp:1.2.3.4:5"], why: "--listen TRANSPORT:ADDRESS:PORT" },
    { args: [...usual, "--knob", "nope=1"], why: "--knob nope=1: unknown knob nope" },
    { args: [...usual, "--accounts", `${folder}/none.json`], why: `${folder}/none.json: ENOENT` },
    { args: [...usual, "--bogus"], why: "unknown option --bogus" },
    { args: [...usual, "--rtp", "127.0.0.1:9-1"], why: "--rtp ADDRESS:FIRST-LAST" },
  ];
  for (const { args, why } of wrong) {
    const parsed = parseCommandLine(args);
    expect(parsed.kind === "wrong" && parsed.why.startsWith(why)).toBe(true);
  }
});

test("a wrong command line is exit code 2", async () => {
  const { code, errors } = run(["--bogus"]);
  expect(await code).toBe(2);
  expect(errors().split("\n")[0]).toBe("unknown option --bogus");
});

test("--knobs prints the table", async () => {
  const { line, code } = run(["--knobs"]);
  expect(await line()).toContain("expiresMax=120  [captured]");
  expect(await code).toBe(0);
});

test("commands that make no sense are answered, not obeyed", async () => {
  const pbx = await startLab();
  for (const line of ["", "{", "null", '{"do":"fly"}', '{"do":"set","knob":"x"}']) {
    expect(runCommand(pbx, line)).toMatchObject({ ok: false });
  }
  for (const line of ['{"do":"restart"}', '{"do":"hang-up"}', '{"do":"traffic"}']) {
    expect(runCommand(pbx, line)).toMatchObject({ ok: true });
  }
  await pbx.stop();
});

test("mistakes in the accounts file are told with their place", () => {
  const cases: [unknown, string][] = [
    [[], "accounts file: must be an object"],
    [{ accounts: [{ user: "1" }] }, "accounts[0].password: must be text"],
    [{ trunks: [{ name: "t", address: "1.2.3.4", transport: "sctp" }] }, "trunks[0].transport: udp, tcp or tls"],
    [{ routes: [{ to: "moon" }] }, "routes[0].to: local, trunk:NAME or line:NAME"],
    [{ accept: "all" }, "accept: must be a list"],
  ];
  for (const [value, message] of cases) expect(() => readPbxData(value)).toThrow(message);
});

test("the self-signed certificate is one that a strict reader takes", () => {
  const { cert, key, fingerprint } = selfSigned(["127.0.0.1", "10.0.0.1"]);
  const read = new X509Certificate(cert);
  expect(read.checkIP("10.0.0.1")).toBe("10.0.0.1");
  expect(read.verify(read.publicKey)).toBe(true);
  expect(read.fingerprint256.split(":").join("").toLowerCase()).toBe(fingerprint);
  expect(key).toContain("PRIVATE KEY");
});
