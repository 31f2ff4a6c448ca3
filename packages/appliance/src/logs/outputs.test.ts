/** The log of a whole Ringfence as a process: in a file, at a collector that comes and goes, at levels that change. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer, type Server } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Made, makeCertificate } from "../../../../test/support/certificates.ts";
import { freePort } from "../../../../test/support/free-port.ts";
import { launch, type RunningProcess } from "../../../../test/support/ringfence-process.ts";
import { readFrames } from "./syslog/frames.ts";

const corePort = await freePort();
let dir: string;
let started: RunningProcess[];
let collector: Collector | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence log "));
  started = [];
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ finished }) => finished));
  await collector?.close();
  rmSync(dir, { recursive: true });
});

interface Collector {
  readonly port: number;
  /** Names of the events of its messages so far. */
  events(): readonly string[];
  /** When the events so far are as they should be. */
  until(right: (events: readonly string[]) => boolean): Promise<void>;
  close(): Promise<void>;
}

async function collect(made: Made, port = 0): Promise<Collector> {
  const sockets: Socket[] = [];
  const pieces = new Map<Socket, Buffer>();
  const watching = new Set<() => void>();
  const server: Server = createServer({ cert: made.cert, key: made.key }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (piece) => {
      pieces.set(socket, Buffer.concat([pieces.get(socket) ?? Buffer.alloc(0), piece]));
      for (const look of watching) look();
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const messages = () => [...pieces.values()].flatMap((bytes) => readFrames(bytes).messages.map(String));
  const events = () => messages().map((message) => message.split(" ")[5] ?? "");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    events,
    until: (right) =>
      new Promise((resolve) => {
        const look = () => {
          if (right(events())) resolve();
        };
        watching.add(look);
        look();
      }),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function write(port: number, level = "info"): void {
  writeFileSync(
    join(dir, "sbc.yaml"),
    `pbx: { address: "127.0.0.1:5160" }
phones: { domains: [pbx.example.com], listen: [{ transport: udp, address: 127.0.0.1, port: 0 }] }
core: { phones_from: "127.0.0.1:${corePort}", trunks_from: "127.0.0.2:5080" }
media: { ports: 30000-30999 }
metrics: { listen: "127.0.0.1:0" }
logs: { level: ${level}, files: { path: logs }, syslog: { url: "tls://127.0.0.1:${port}", ca: ca.pem } }
state: { dir: state }
`,
  );
}

async function start(): Promise<RunningProcess> {
  const running = launch(dir, "start", "--config", "sbc.yaml");
  started.push(running);
  await running.says('"event":"ready"');
  return running;
}

async function stop(running: RunningProcess): Promise<string> {
  running.child.kill("SIGTERM");
  return (await running.finished).out;
}

const run = async (...args: readonly string[]): Promise<string> => (await launch(dir, ...args).finished).out;
const eventsOf = (lines: string): readonly string[] =>
  lines
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as { event: string }).event);

test("what happens while the collector is away reaches it after both have been restarted, and the file has it all", async () => {
  const root = await makeCertificate({ authority: true });
  const made = await makeCertificate({ by: root, names: ["127.0.0.1"] });
  writeFileSync(join(dir, "ca.pem"), root.cert);
  collector = await collect(made);
  const { port } = collector;
  write(port);
  const first = await start();
  await collector.until((events) => events.includes("ready"));
  expect(await run("log")).toContain(`to tls://127.0.0.1:${port}: connected`);
  await collector.close();
  await first.says('"event":"syslog","reason":"not-written"');

  write(port, "{ default: info, trunk: warn }");
  await run("reload");
  const changed = await run("log", "trunk", "debug", "--for", "10m");
  expect(changed).toMatch(/^trunk +debug +until 20/mu);
  expect(changed).toMatch(/^call +info$/mu);
  expect(changed).toContain("NOT REACHED");
  expect(await run("status")).toContain("is not reached");
  const out = await stop(first);

  collector = await collect(made, port);
  const second = await start();
  await collector.until(
    (events) => events.includes("stopped") && events.lastIndexOf("ready") > events.indexOf("stopped"),
  );
  // What was sent just before it went away may come twice.
  const missed = ["syslog", "reload", "stopped"];
  expect(
    collector
      .events()
      .filter((event) => missed.includes(event))
      .slice(0, 3),
  ).toEqual(missed);
  const all = out + (await stop(second));
  expect(readFileSync(join(dir, "logs", "ringfence.log"), "utf8")).toBe(all);
  expect(eventsOf(all)).toContain("stopped");
}, 90_000);
