/**
 * The product on sockets, the whole of it: what tcpdump saw on the wire, every form of the log that leaves it, captures at a collector, the
 * metrics, the records, the API and what a person reads in the console say the same numbers of one day.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect } from "vitest";
import { playDay, registeredPhone, script } from "../support/day.ts";
import {
  agree,
  alertsOfJson,
  alertsOfMetrics,
  alertsOfSyslog,
  type Cast,
  type Sums,
  sumOfAlerts,
  sumsOfJson,
  sumsOfMetrics,
  sumsOfRecords,
  sumsOfSyslog,
  sumsOfWire,
} from "../support/day-sums.ts";
import { eventually } from "../support/eventually.ts";
import { loopback } from "../support/loopback-stage.ts";
import { OperatedSite } from "../support/operated-site.ts";
import { findProgram, outsideNeed } from "../support/outside-program.ts";
import { mark, payloads, unsafe } from "../support/payloads.ts";
import { plantEverywhere, plantedCall } from "../support/planting.ts";
import { inDialogLines } from "../support/sip-script.ts";
import { sizes, startChromium, type Watched, watchedPage } from "./browser.ts";
import { enrol, open } from "./console-user.ts";
import { askEverything, lookAround } from "./data-requests.ts";
import { lookAtEveryState } from "./day-states.ts";
import { LoopbackCapture } from "./loopback-capture.ts";
import { figure, readDay } from "./read-day.ts";
import { readPlanted } from "./read-planted.ts";

const lack = "chromium-headless-shell or tcpdump is not installed, or this is not root (apt-get install both, sudo)";
const programs = ["chromium-headless-shell", "tcpdump"];
const test = outsideNeed(lack, () => programs.every((name) => findProgram(name)) && process.getuid?.() === 0);

const cast: Cast = {
  ours: new Set([loopback.access, loopback.corePhones, loopback.coreTrunks]),
  strangers: loopback.strangers,
  hosts: loopback.carriers,
};

let folder: string;
let site: OperatedSite;
let browser: Browser;
let capture: LoopbackCapture;
let ada: Watched;

beforeAll(async () => {
  if (!test.available) return;
  folder = mkdtempSync(join(tmpdir(), "ringfence-day-"));
  [site, browser] = await Promise.all([OperatedSite.open(), startChromium()]);
  ada = await watchedPage(await browser.newContext({ viewport: sizes.laptop }));
  const { access, corePhones, coreTrunks } = site.ports;
  capture = await LoopbackCapture.start(join(folder, "day.pcap"), [access, corePhones, coreTrunks]);
}, 120_000);
afterAll(async () => {
  capture?.end();
  await browser?.close();
  await site?.close();
  if (folder !== undefined) rmSync(folder, { recursive: true });
});

test("a day of 100 calls, three attacks, an outage and a stolen account, on the wire and on every page: the same numbers", async () => {
  await playDay(site.stage);
  const over = Date.now();
  const wire = await capture.upTo(sayTheDayIsOver());
  const records = await recordsOf();
  // The search has its line too, behind all others.
  const log = await site.says('"act":"records-search"');
  await eventually("the file and the collector to have the last line", () =>
    [site.logFiles(), site.syslog].every((text) => text.includes("records-search")),
  );
  const metrics = await (await fetch(site.metrics)).text();
  await eventually("the last packet of the collector", () => site.hep.length >= sent(metrics));
  const told: Record<string, Sums> = {
    wire: sumsOfWire(
      wire.map(({ source, destination, payload }) => ({ from: source, to: destination, text: String(payload) })),
      cast,
    ),
    hep: sumsOfWire(
      site.hep.map(({ source, destination, payload }) => ({ from: source, to: destination, text: payload })),
      cast,
    ),
    log: { ...sumsOfJson(linesOf(log), cast), ...alertsOfJson(linesOf(log)) },
    file: { ...sumsOfJson(site.logFiles(), cast), ...alertsOfJson(site.logFiles()) },
    syslog: { ...sumsOfSyslog(site.syslog, cast), ...alertsOfSyslog(site.syslog) },
    metrics: { ...sumsOfMetrics(metrics), ...alertsOfMetrics(metrics) },
    records: sumsOfRecords(records, cast),
    api: await sumsOfApi(over),
    console: await sumsOfConsole(),
  };
  agree(told);
}, 300_000);

test("threat L14: what was planted in every header field and every line of SDP is text on every page", async () => {
  await plantedCall(site.stage, await registeredPhone(site.stage, 3), payloads[3] ?? "");
  const found = await lookAround(site);
  await open(ada.page, site.address, "", "Overview");
  await plantEverywhere(site.stage, await registeredPhone(site.stage, 2));
  await readPlanted(ada.page, site.address, found);
  expect(ada.complaints).toEqual([]);
  expect([...ada.hosts]).toEqual([new URL(site.address).host]);
  expect(await (await fetch(site.metrics)).text()).not.toContain(mark);
  for (const line of (await site.run("status", "--config", "sbc.yaml")).out.split("\n"))
    expect(line).not.toMatch(unsafe);
}, 300_000);

test("with that day on it no page has anything that axe objects to in whatever state, light and dark, on a laptop and on a phone", async () => {
  await lookAtEveryState(ada.page, site.address, await lookAround(site));
  expect(ada.complaints).toEqual([]);
}, 300_000);

test("each route says of that day what its schema says, to whoever may ask, and nothing to others", async () => {
  await askEverything(site, await lookAround(site));
}, 300_000);

/** A message that is no call, behind all others on the wire. @returns what it is known by */
function sayTheDayIsOver(): string {
  const callId = "the-day-is-over";
  const phone = site.stage.phone(1);
  const [from, target] = ["<sip:1001@pbx.example.com>;tag=over", "sip:pbx.example.com"];
  phone.send(inDialogLines(phone, "OPTIONS", { target, from, to: `<${target}>`, callId, cseq: 1 }));
  return callId;
}

/** Standard output without a line that is not whole yet. */
function linesOf(log: string): string {
  return log.slice(0, log.lastIndexOf("\n"));
}

function sent(metrics: string): number {
  return Number(/ringfence_capture_packets_total\{result="sent"\} (\d+)/.exec(metrics)?.[1] ?? Number.NaN);
}

type Items = readonly { readonly kind: string; readonly facts: Readonly<Record<string, unknown>> }[];

async function asked<T>(path: string): Promise<T> {
  const { status, text } = await site.ask("admin", path);
  expect({ path, status }).toEqual({ path, status: 200 });
  return JSON.parse(text) as T;
}

async function recordsOf(): Promise<Items> {
  const { items, next } = await asked<{ readonly items: Items; readonly next: string | null }>("/records?limit=200");
  expect(next).toBe(null);
  return items;
}

interface Overview {
  readonly calls: number;
  readonly registrations: number;
  readonly suspended: number;
  readonly bans: { readonly source: number; readonly suspect: number; readonly account: number };
}
interface History {
  readonly from: number;
  readonly stepMs: number;
  readonly series: { readonly attempts: readonly number[]; readonly bans: readonly number[] };
}
interface Trunks {
  readonly items: readonly { readonly hosts: readonly { readonly changes: readonly { readonly state: string }[] }[] }[];
}

interface Alerts {
  readonly open: readonly { readonly kind: string }[];
}

/** `GET /overview`, `/history`, `/trunks`, `/alerts`. @param over when nothing more happened */
async function sumsOfApi(over: number): Promise<Sums> {
  const { calls, registrations, suspended, bans } = await asked<Overview>("/overview");
  expect({ calls, registrations }).toEqual({ calls: 0, registrations: 5 });
  const { stepMs, series } = await eventually("the history to have the day", async () => {
    const history = await asked<History>("/history?series=attempts,bans");
    return history.from + history.stepMs * (history.series.attempts.length - 1) > over && history;
  });
  const attempts = series.attempts.reduce((sum, each) => sum + (each * stepMs) / 1_000, 0);
  expect(Math.round(attempts)).toBe(script.calls - script.barred - script["refused to a suspended account"]);
  expect(series.bans.at(-1)).toBe(script["sources banned"]);
  const { items } = await asked<Trunks>("/trunks");
  const changes = items.flatMap(({ hosts }) => hosts.flatMap((host) => host.changes));
  return {
    "sources banned": bans.source + bans.suspect + bans.account,
    "accounts suspended": suspended,
    "hosts that went down": changes.filter(({ state }) => state === "down").length,
    ...sumOfAlerts((await asked<Alerts>("/alerts")).open.map(({ kind }) => kind)),
  };
}

async function sumsOfConsole(): Promise<Sums> {
  const { page } = ada;
  await page.goto(site.address);
  await enrol(page, "ada", await site.enrolmentCode());
  await open(page, site.address, "", "Overview");
  const figures = { calls: await figure(page, "Calls"), registrations: await figure(page, "Registrations") };
  expect(figures).toEqual({ calls: 0, registrations: 5 });
  expect(await figure(page, "Bans")).toBe(script["sources banned"]);
  return readDay(page, site.address);
}
