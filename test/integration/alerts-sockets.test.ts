/** A whole Ringfence with a receiver of alerts: tested, told of a crash, acknowledged, by the commands that a person uses. */
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { launch, type RunningProcess } from "../support/ringfence-process.ts";

const secret = "a key of this test";
const patient = 120_000;
const corePort = await freePort();

let dir: string;
let hook: Server;
let got: { readonly body: string; readonly signature: string }[];
let started: RunningProcess[];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-alerts-"));
  [got, started] = [[], []];
  hook = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => {
      body += chunk;
    });
    request.on("end", () => {
      got.push({ body, signature: String(request.headers["ringfence-signature"]) });
      response.end();
    });
  });
  hook.listen(0, "127.0.0.1");
  await once(hook, "listening");
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ finished }) => finished));
  hook.closeAllConnections();
  hook.close();
  rmSync(dir, { recursive: true });
});

async function start(): Promise<RunningProcess> {
  const { port } = hook.address() as AddressInfo;
  writeFileSync(join(dir, "key"), `${secret}\n`, { mode: 0o600 });
  writeFileSync(
    join(dir, "sbc.yaml"),
    `pbx: { address: "127.0.0.1:5160" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: 0 }] }
core: { phones_from: "127.0.0.1:${corePort}", trunks_from: "127.0.0.2:5080" }
media: { ports: 30000-30999, engine: js }
metrics: { listen: "127.0.0.1:0" }
defence: { kernel: { nftables: off } }
state: { dir: state }
alerts: { ops: { webhook: { url: "http://127.0.0.1:${port}/hook", secret: { file: key } }, for: [crash] } }
`,
  );
  const running = launch(dir, "start", "--config", "sbc.yaml");
  started.push(running);
  await running.says('"event":"ready"');
  return running;
}

const run = (...args: readonly string[]) => launch(dir, ...args).finished;

test("a process that was killed is told of by the next one, and a person tests, lists and acknowledges", async () => {
  const first = await start();
  const tested = await run("alerts", "test");
  expect([tested.code, tested.out]).toEqual([0, "ops by webhook: took it: 200 OK\n"]);
  expect(JSON.parse(got[0]?.body ?? "")).toMatchObject({ version: 1, receiver: "ops", kind: "test", alerts: [] });
  first.child.kill("SIGKILL");
  await first.finished;

  await start();
  await eventually("the crash to be told", () => got.length > 1, patient);
  const { body, signature } = got[1] ?? { body: "", signature: "" };
  expect(JSON.parse(body)).toMatchObject({
    kind: "crash",
    severity: "critical",
    runbook: "docs/runbook.md#crash",
    alerts: [{ id: 1, state: "open", times: 1 }],
  });
  const [t, mac] = signature.split(",").map((part) => part.slice(part.indexOf("=") + 1));
  expect(mac).toBe(createHmac("sha256", secret).update(`${t}.${body}`).digest("hex"));

  expect((await run("alerts", "acknowledge", "1")).code).toBe(0);
  const { open } = JSON.parse((await run("alerts", "--json")).out) as { open: readonly object[] };
  expect(open).toMatchObject([{ id: 1, kind: "crash", acknowledged: { by: expect.any(String) } }]);
}, 300_000);
