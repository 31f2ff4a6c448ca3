import type { EdgeStatus } from "@ringfence/edge";
import type { MediaStatus } from "@ringfence/media";
import { describe, expect, test } from "vitest";
import { collectStatus, formatStatus, type StatusSources } from "./status.ts";

const edge: EdgeStatus = {
  registrations: 3,
  calls: 2,
  subscriptions: 0,
  transactions: { server: 1, client: 4 },
  timers: 0,
  connections: 5,
  strangers: 2,
  draining: false,
  inShadow: [],
  dropped: {
    "over-rate": 3,
    banned: 1,
    "junk-shape": 0,
    oversize: 0,
    "no-address": 0,
    "strangers-full": 0,
    denied: 0,
    stranger: 0,
    "no-turn": 0,
  },
  sources: { tracked: 9, registered: 1, proven: 1, banned: 1, capacity: 65_536, bytes: 1_900_544, pressure: 0 },
  datagrams: "native",
  trust: { registered: 1, proven: 2 },
  load: { level: 0, pressure: 0, lagMs: 1.2, busy: 0.07, fill: 0.01 },
  bans: { source: 1, suspect: 2, account: 0 },
  suspended: [],
  fraudService: undefined,
  listeners: [
    { role: "access", transport: "tls", address: "::", port: 5061 },
    { role: "core-phones", transport: "udp", address: "10.0.0.2", port: 5070 },
  ],
  trunks: [
    {
      name: "carrier",
      calls: 1,
      registration: undefined,
      hosts: [{ place: "udp 192.0.2.1 5060", state: "up" as const, changes: [] }],
    },
  ],
  pbx: { address: "10.0.0.5:5060", reachable: true, silence: undefined, nodes: [] },
};
const quality = { now: { "one-way": 1, silent: 0, poor: 0 }, worst: [] };
const media = {
  calls: 2,
  portsInUse: 8,
  portsDraining: 4,
  portsFree: 100,
  packetsRelayed: 7,
  threads: { count: 2, nice: -10, processors: [2, 3] },
  instances: [],
  quality,
} as unknown as MediaStatus;
const sources: StatusSources = {
  version: "1.2.3",
  demo: false,
  file: "/etc/ringfence/ringfence.yaml",
  generation: 2,
  confirmUntil: undefined,
  lastReload: undefined,
  edge,
  media,
  engine: { name: "js", why: "there is no C++ compiler" },
  backup: null,
  kernel: { state: "off", why: "no helper is there", trouble: null, bans: 0, provenAt: null, dropped: null },
  metrics: { address: "127.0.0.1", port: 9060 },
  console: null,
  warnings: [],
};

test("the text says what a person wants to know", () => {
  const text = formatStatus(collectStatus(sources));
  for (const part of [
    "ringfence      1.2.3",
    "/etc/ringfence/ringfence.yaml, generation 2",
    "listening      tls [::]:5061",
    "media threads  2, nice -10, on processor 2, 3",
    "towards PBX    udp 10.0.0.2:5070",
    "10.0.0.5:5060, answers",
    "registrations  3",
    "calls          2",
    "2 where phones registered, 1 of them proven, 7 strangers",
    "load           normal: lag 1 ms, busy 7 %, fullest table 1 %",
    "trust          2 registrations proven, 1 not yet",
    "1 sources banned, 2 suspect, 0 accounts locked",
    "1 server, 4 client",
    "8 in use, 4 draining, 100 free",
    "sound          1 one-way",
    "js: there is no C++ compiler",
  ]) {
    expect(text).toContain(part);
  }
});

describe("the fraud service", () => {
  const service = {
    url: "https://fraud.example.com:8443/calls?key=1",
    mode: "enforce",
    withoutAnswer: "allow",
    answers: true,
    unanswered: 0,
    asked: 0,
    leftAloneUntil: undefined,
  } as const;
  const shown = (more: object): string =>
    formatStatus(collectStatus({ ...sources, edge: { ...edge, fraudService: { ...service, ...more } } }));
  const alone = { answers: false, unanswered: 5, leftAloneUntil: Date.UTC(2026, 10, 23) };

  test.each([
    [{}, "fraud service  fraud.example.com:8443: answers\n"],
    [{ answers: undefined, asked: 2 }, "fraud service  fraud.example.com:8443: not heard yet, 2 under way\n"],
    [{ unanswered: 1 }, ": answers, 1 question in a row without an answer\n"],
    [
      alone,
      ": NOT ASKED until 2026-11-23T00:00:00.000Z, then the next call tries it, 5 questions in a row without an answer\n",
    ],
    [alone, "fraud.example.com:8443 does not answer: calls outside go on unjudged by it"],
    [{ ...alone, withoutAnswer: "refuse" }, "does not answer: calls outside are refused unjudged by it"],
  ])("%j: %s", (more, text) => {
    expect(shown(more)).toContain(text);
  });

  test("has no row where there is none", () => {
    expect(formatStatus(collectStatus(sources))).not.toContain("fraud service");
  });
});

test.each([
  [null, "none: `admin: {}`"],
  [{ users: 0, notEnrolled: [] }, "http://127.0.0.1:9061/, nobody can sign in yet: ./ringfence admin enrol\n"],
  [{ users: 2, notEnrolled: [] }, "http://127.0.0.1:9061/, 2 can sign in\n"],
  [{ users: 1, notEnrolled: ["anna"] }, "1 can sign in; without a second factor: anna\n"],
  [{ users: 1, notEnrolled: ["a", "b", "c", "d", "e", "f"] }, "without a second factor: a, b, c, d, e and 1 more\n"],
])("a console with %j", (people, row) => {
  const console = people && { url: "http://127.0.0.1:9061/", ...people };
  const text = `${formatStatus(collectStatus({ ...sources, console }))}\n`;
  expect(text.slice(text.indexOf("\nconsole"))).toContain(row);
});

test("what is in shadow stands above everything that happens", () => {
  const [, second] = formatStatus(collectStatus({ ...sources, edge: { ...edge, inShadow: ["defence.mode"] } })).split(
    "\n",
  );
  expect(second).toBe("IN SHADOW      defence.mode: decided, counted and logged, NOT acted on");
});

test("a farm says of each instance whether it answers, and what it carries", () => {
  const instances = [
    { place: "10.0.0.7:2223", state: "up", weight: 2, calls: 5, sessions: 9 },
    { place: "10.0.0.8:2223", state: "silent", weight: 1, calls: 0, sessions: 0 },
  ] as const;
  const text = formatStatus(
    collectStatus({
      ...sources,
      engine: { name: "rtpengine", why: "media.engine asks for it" },
      media: { ...media, instances },
    }),
  );
  expect(text).toContain("instance       10.0.0.7:2223, answers, weight 2, 5 calls of ours, 9 in all");
  expect(text).toContain("10.0.0.8:2223, does not answer");
  expect(text).toContain("8 in use, on its instances");
});

test("a PBX that does not answer is a warning that names the usual cause", () => {
  const status = collectStatus({ ...sources, edge: { ...edge, pbx: { ...edge.pbx, reachable: false } } });
  expect(status.warnings).toEqual([expect.stringContaining("does its black list hold this machine")]);
  expect(formatStatus(status)).toContain("does not answer");
});

test("a refused reload shows its reasons", () => {
  const lastReload = {
    outcome: "refused",
    why: "reload",
    confirmUntil: null,
    generation: 2,
    lines: ["f.yaml:1:1: x"],
    standing: [],
    warnings: [],
    exitCode: 78,
    at: "2026-01-01T00:00:00.000Z",
  } as const;
  const text = formatStatus(collectStatus({ ...sources, lastReload }));
  expect(text).toContain("refused at 2026-01-01T00:00:00.000Z: f.yaml:1:1: x");
});

test("what goes through the control socket comes out the same", () => {
  const status = collectStatus(sources);
  expect(JSON.parse(JSON.stringify(status))).toEqual(status);
});
