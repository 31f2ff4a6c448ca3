/** The telephone of `ringfence test-call` through a whole Ringfence to the PBX stand-in: over each transport, with SRTP, and where it cannot work. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestCallOrder, TestCallReport } from "../../packages/appliance/src/test-call/order.ts";
import { placeTestCall } from "../../packages/appliance/src/test-call/place-test-call.ts";
import { type Pbx, startPbx } from "../pbx/pbx.ts";
import { freePort } from "../support/free-port.ts";
import { launch, type RunningProcess } from "../support/ringfence-process.ts";

const passwords = { "1001": "a long word for 1001", "1002": "a long word for 1002" } as const;
const address = "127.0.0.1";
const ports: Record<"udp" | "tcp" | "tls", number> = { udp: 0, tcp: 0, tls: 0 };
let dir: string;
let pbx: Pbx;
let running: RunningProcess;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-test-call-"));
  const accounts = Object.entries(passwords).map(([user, password]) => ({ user, password }));
  const first = await freePort(address);
  pbx = await startPbx({
    listen: [{ transport: "udp", address, port: 0 }],
    data: { accounts, accept: [address] },
    rtp: { address, first: first - (first % 2) + 2, last: first - (first % 2) + 41 },
  });
  for (const transport of ["udp", "tcp", "tls"] as const) ports[transport] = await freePort(address);
  writeFileSync(
    join(dir, "sbc.yaml"),
    `pbx: { address: "${address}:${pbx.listening[0]?.port}" }
phones:
  domains: [pbx.example.com]
  listen:
    - { transport: udp, address: ${address}, port: ${ports.udp} }
    - { transport: tcp, address: ${address}, port: ${ports.tcp} }
    - { transport: tls, address: ${address}, port: ${ports.tls} }
  media: { srtp: optional }
core: { phones_from: "${address}:${await freePort(address)}", trunks_from: "127.0.0.2:5080" }
media: { ports: 31000-31499, engine: js }
metrics: { listen: "${address}:0" }
defence: { kernel: { nftables: off } }
state: { dir: state }
`,
  );
  running = launch(dir, "start", "--config", "sbc.yaml");
  await running.says('"event":"ready"');
}, 120_000);
afterAll(async () => {
  running.child.kill("SIGTERM");
  await running.finished;
  await pbx.stop();
  rmSync(dir, { recursive: true });
});

function call(
  transport: "udp" | "tcp" | "tls",
  other: Partial<TestCallOrder> = {},
  stop?: AbortSignal,
): Promise<TestCallReport> {
  const order: TestCallOrder = {
    server: { address, port: ports[transport], transport, trust: "any" },
    domain: "pbx.example.com",
    caller: { user: "1001", password: passwords["1001"] },
    callee: { number: "600" },
    srtp: "required",
    talk: 1_000,
    ...other,
  };
  return placeTestCall(order, stop);
}

const said = ({ steps }: TestCallReport): string =>
  steps.map(({ step, ok, said }) => `${step} ${ok}: ${said}`).join("\n");
const nothingLeft = { calls: 0, legs: 0 };

test("over UDP with plain RTP the echo is heard", async () => {
  const report = await call("udp", { srtp: "off" });
  expect(report, said(report)).toMatchObject({ ok: true, sent: 50, suite: undefined });
  expect(pbx.registrations()).toEqual([]);
  expect(pbx.counts()).toMatchObject(nothingLeft);
}, 60_000);

test("over TCP with SRTP the echo is heard", async () => {
  const report = await call("tcp");
  expect(report, said(report)).toMatchObject({ ok: true, suite: "AES_CM_128_HMAC_SHA1_80" });
}, 60_000);

test("over TLS two accounts hear each other, with the certificate's own authority", async () => {
  const ca = readFileSync(join(dir, "state", "self-signed.pem"), "utf8");
  const report = await call("tls", {
    server: { address, port: ports.tls, transport: "tls", trust: { ca }, name: "localhost" },
    callee: { user: "1002", password: passwords["1002"] },
  });
  expect(report, said(report)).toMatchObject({ ok: true, sent: 100, suite: "AES_CM_128_HMAC_SHA1_80" });
  expect(pbx.registrations()).toEqual([]);
}, 60_000);

const troubles: readonly (readonly [string, () => Promise<TestCallReport>, string, string])[] = [
  [
    "a certificate that nobody trusts",
    () => call("tls", { server: { address, port: ports.tls, transport: "tls", trust: "system" } }),
    "reach",
    "certificate",
  ],
  [
    "a port where nothing listens",
    async () => call("tcp", { server: { address, port: await freePort(address), transport: "tcp", trust: "any" } }),
    "reach",
    "Nothing listens",
  ],
  ["a wrong password", () => call("tcp", { caller: { user: "1001", password: "wrong" } }), "register", "password"],
  ["a number that is not there", () => call("tcp", { callee: { number: "699" } }), "call", "number"],
  ["names that cannot be written", () => call("tcp", { domain: "a b\r\nc" }), "reach", "names"],
];

test.each(troubles)(
  "%s: the step says it, with what to do",
  async (_what, attempt, step, remedy) => {
    const report = await attempt();
    expect(report.ok).toBe(false);
    expect(report.steps.at(-1), said(report)).toMatchObject({
      step,
      ok: false,
      remedy: expect.stringContaining(remedy),
    });
  },
  60_000,
);

test("who stops it gets a report, and nothing stays behind at the PBX", async () => {
  const stop = new AbortController();
  stop.abort();
  const report = await call("tcp", { talk: 60_000 }, stop.signal);
  expect(report.steps.at(-1)).toMatchObject({ ok: false, said: "it was stopped" });
  expect(pbx.registrations()).toEqual([]);
}, 60_000);

test("the command prints the steps, and its exit code says whether the call works", async () => {
  writeFileSync(join(dir, "password"), `${passwords["1001"]}\n`, { mode: 0o600 });
  const which = ["--config", "sbc.yaml", "--user", "1001", "--password-file", "password", "--talk", "1s"];
  const good = await launch(dir, "test-call", ...which, "--number", "600").finished;
  expect(good.err).toBe("");
  expect(good.out).toContain("The test call works.");
  expect(good.code).toBe(0);
  const bad = await launch(dir, "test-call", ...which, "--number", "699", "--json").finished;
  expect(bad.code).toBe(1);
  expect(JSON.parse(bad.out)).toMatchObject({ ok: false, steps: expect.any(Array) });
}, 120_000);
