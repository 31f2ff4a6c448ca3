/** Alerts as they serve: with a log, facts and receivers of the test, and a clock that it sets. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Loaded } from "../loading.ts";
import { createLog } from "../logs/logger.ts";
import { Alerts, type AlertWorld } from "./alerts.ts";
import type { Facts } from "./facts.ts";
import type { Notice } from "./rounds.ts";
import { RunMarker } from "./run-marker.ts";

let dir: string;
let now: number;
let facts: Facts;
let kept: Map<string, unknown>;
let lines: Record<string, unknown>[];
let sent: string[];
let running: Alerts[];

const quiet: Facts = {
  status: {
    pbx: { address: "10.0.0.5:5060", reachable: true, silence: null, nodes: [] },
    trunks: [],
    inShadow: [],
    kernel: { state: "off", why: "", trouble: null, bans: 0, provenAt: null, dropped: null },
    defence: { load: { level: 0, lagMs: 0, busy: 0 } },
    media: { engine: "native", why: "", instances: [] },
  },
  wantedEngine: "auto",
  certificates: [],
  oldSecrets: [],
  backup: undefined,
  disks: [],
};

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "ringfence-alerts-"));
  [now, facts, kept, lines, sent, running] = [1_000_000, quiet, new Map(), [], [], []];
});
afterEach(() => {
  for (const alerts of running) alerts.stop();
  rmSync(dir, { recursive: true });
});

function config(rest = "alerts: { ops: { webhook: { url: https://a.example } } }"): Loaded {
  const loaded = loadConfig(`pbx: { address: "10.0.0.5:5060" }\nphones: { domains: [pbx.example.com] }\n${rest}`);
  if (!loaded.ok) throw new Error(loaded.issues.map(({ message }) => message).join());
  return { file: { config: loaded.config } } as unknown as Loaded;
}

function start(more: Partial<AlertWorld> = {}) {
  const log = createLog({ level: "info", mask: "numbers" } as never, undefined, {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const alerts = new Alerts(config(), [], {
    log,
    keeper: {
      restored: [...kept.values()],
      keep: (id, record) => void (record === undefined ? kept.delete(id) : kept.set(id, record)),
    },
    marker: new RunMarker(dir, now),
    facts: () => facts,
    now: () => now,
    ways: (loaded) =>
      loaded.file.config.alerts.map(({ name }) => ({
        receiver: name,
        kind: "webhook",
        send: async (notice) => {
          sent.push(summary(notice));
          return { ok: true, said: "200 OK" };
        },
      })),
    ...more,
  });
  running.push(alerts);
  const wait = (seconds: number): void => {
    for (let left = seconds; left > 0; left -= 10) {
      now += 10_000;
      alerts.round();
    }
  };
  return { alerts, log, wait };
}

const summary = ({ receiver, kind, fresh, still, over }: Notice): string =>
  `${receiver} ${kind} ${fresh.length}/${still.length}/${over.length}`;
const said = (): readonly unknown[] =>
  lines
    .filter(({ event }) => event === "alert")
    .map(({ reason, kind, object, level }) => `${level} ${reason} ${kind} ${object}`);

test("a PBX that is away is an alert in the log at once, a message soon after, and over when it is back", async () => {
  const { wait } = start();
  facts = { ...quiet, status: { ...quiet.status, pbx: { ...quiet.status.pbx, reachable: false, silence: "down" } } };
  wait(30);
  facts = quiet;
  wait(120);
  await new Promise(setImmediate);
  expect(said()).toEqual(["error opened pbx-down 10.0.0.5:5060", "info ended pbx-down 10.0.0.5:5060"]);
  expect(sent).toEqual(["ops pbx-down 1/0/0", "ops pbx-down 0/0/1"]);
});

test("a line of the log becomes an alert behind it, masked as the log is", async () => {
  const { log, alerts } = start();
  log.line("warn", { event: "fraud", account: "+49301234567", reason: "burst", detail: "suspend" });
  await Promise.resolve();
  expect(lines.map(({ event }) => event)).toEqual(["fraud", "alert"]);
  expect(alerts.book.open).toMatchObject([{ kind: "fraud", object: "+49301***67" }]);
  expect(JSON.stringify([...kept.values()])).not.toContain("1234567");
});

test("a restart knows what was open, who was told, and who has seen it", async () => {
  const first = start();
  first.log.line("warn", { event: "ban", source: "192.0.2.7", reason: "wrong-passwords" });
  await Promise.resolve();
  first.wait(30);
  first.alerts.acknowledge(1, "ann");
  first.alerts.stop();
  kept = new Map(JSON.parse(JSON.stringify([...kept])) as [string, unknown][]);
  const second = start();
  second.wait(60);
  expect(sent).toEqual(["ops repeated-failures 1/0/0"]);
  expect(second.alerts.book.open).toMatchObject([{ id: 1, acknowledged: { by: "ann" } }]);
});

test("a process that was killed is an alert of the next one, with its last words; one that was stopped is none", async () => {
  const first = start();
  first.log.line("fatal", { event: "fatal", error: new Error("no heap left") });
  expect(new RunMarker(dir, now).before).toMatchObject({ words: "Error: no heap left" });
  // Somebody looked into the folder meanwhile: it is the words of the one that died that count.
  first.log.line("fatal", { event: "fatal", error: new Error("no heap left") });
  const second = start();
  expect(said()).toEqual(["error opened crash "]);
  expect(second.alerts.book.open[0]?.detail).toContain("no heap left");
  second.alerts.stop();
  expect(start().alerts.book.open.map(({ times }) => times)).toEqual([1]);
});

test("a test goes to who was named, on the real way, and says what was answered", async () => {
  const { alerts } = start();
  expect(await alerts.test("ops")).toEqual([{ receiver: "ops", way: "webhook", ok: true, said: "200 OK" }]);
  expect(sent).toEqual(["ops test 0/0/0"]);
  await expect(alerts.test("nobody")).rejects.toThrow("nobody in alerts is called nobody");
});

test("a receiver that takes nothing is said by status, the log, the metrics and whoever else is there", async () => {
  const { alerts, wait } = start({
    ways: () => [{ receiver: "ops", kind: "email", send: async () => ({ ok: false, said: "535 wrong password" }) }],
  });
  facts = { ...quiet, disks: [{ folder: "state", free: 0.01 }] };
  wait(30);
  await new Promise(setImmediate);
  expect(alerts.warnings()).toEqual(["alerts do not reach everybody: ops by email: 535 wrong password"]);
  wait(10);
  expect(said()).toContain("error opened output-failing alert-delivery");
  const labels = { receiver: "ops", way: "email", result: "delivered" };
  expect(alerts.samples()).toContainEqual({ name: "alert_deliveries", labels, value: 0 });
  expect(alerts.samples()).toContainEqual({ name: "alerts_open", labels: { kind: "disk-low" }, value: 1 });
  expect(alerts.samples()).toContainEqual({ name: "alerts_open", labels: { kind: "pbx-down" }, value: 0 });
});

test("a reload changes who is told", () => {
  const { alerts, wait } = start();
  alerts.apply(config("alerts: { noc: { webhook: { url: https://b.example }, for: [disk-low] } }"));
  facts = { ...quiet, disks: [{ folder: "state", free: 0.01 }], oldSecrets: ["a.b is the same"] };
  wait(30);
  expect(sent).toEqual(["noc disk-low 1/0/0"]);
});

test("who acknowledges what is not there hears so", () => {
  expect(() => start().alerts.acknowledge(7, "ann")).toThrow("no alert 7 is open");
});

test("when each way last worked outlives the process, until nobody is reached by it any more", async () => {
  const { alerts } = start();
  expect(alerts.delivered).toEqual([]);
  await alerts.test();
  const proof = { receiver: "ops", way: "webhook", at: now };
  expect(alerts.delivered).toEqual([proof]);
  now += 60_000;
  const { alerts: next } = start();
  expect(next.delivered).toEqual([proof]);
  next.apply(config("alerts: { noc: { webhook: { url: https://a.example } } }"));
  expect(next.delivered).toEqual([]);
  expect(start().alerts.delivered).toEqual([]);
});

test("a way that took nothing has proven nothing", async () => {
  const refusing = { receiver: "ops", kind: "webhook", send: async () => ({ ok: false, said: "500" }) } as const;
  const { alerts } = start({ ways: () => [refusing] });
  await alerts.test();
  expect(alerts.delivered).toEqual([]);
});
