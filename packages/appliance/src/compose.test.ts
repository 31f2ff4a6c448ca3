import type { EdgeHandle, EdgeOptions, EdgeStatus } from "@ringfence/edge";
import type { Media, MediaOptions, MediaStatus } from "@ringfence/media";
import { RingfenceError } from "@ringfence/policy";
import { beforeEach, expect, test } from "vitest";
import { compose } from "./compose.ts";
import type { Loaded } from "./loading.ts";
import { createLog } from "./logs/logger.ts";
import { createMetrics } from "./metrics/registry.ts";
import { sampleStatus } from "./metrics/samples.ts";

let events: string[];
let lines: string[];
let edgeOptions: EdgeOptions;
let mediaOptions: MediaOptions;
let edgeFails: Error | undefined;
let mediaFails: Error | undefined;
/** What had happened when the edge was asked what the new rules forbid. */
let judged: string[] | undefined;
/** Of every engine alike. */
let callsInUse: number;
let opened: number;

beforeEach(() => {
  events = [];
  lines = [];
  edgeFails = undefined;
  mediaFails = undefined;
  judged = undefined;
  callsInUse = 0;
  opened = 0;
});

const edge = {
  apply: async (settings: EdgeOptions["settings"]) => {
    if (edgeFails !== undefined) throw edgeFails;
    events.push(`edge takes ${String(settings.config)}`);
  },
  judgeStanding: () => {
    judged = [...events];
    const call = (name: string, reason: string) => ({ call: name, rule: "destination", reason });
    const calls = [call("c1", "premium-rate"), call("c2", "calls-limit"), call("c3", "premium-rate")];
    return { calls, registrations: ["t1"], unreachable: [] };
  },
  mediaEvent: (event: { readonly kind: string }) => void events.push(`edge hears ${event.kind}`),
  stop: async () => void events.push("edge stops"),
} as unknown as EdgeHandle;

const media = {
  apply: (settings: MediaOptions["settings"]) => {
    if (mediaFails !== undefined) throw mediaFails;
    events.push(`media takes ${settings.ports.first}`);
  },
  summary: (call: string) =>
    call === "c-1" ? { a: { mos: 4.2, jitterMs: 1, gapMs: 1 }, b: { jitterMs: 1, gapMs: 1 } } : undefined,
  status: () => status(callsInUse),
  has: () => callsInUse > 0,
  close: () => undefined,
  stop: async () => void events.push("media stops"),
} as unknown as Media;

/** Of an engine with so many calls, and nothing else. */
function status(calls: number): MediaStatus {
  const two = { received: 0, lost: 0 };
  const none = { "one-way": 0, silent: 0, poor: 0 };
  const quality = { now: none, events: none, rtp: { phone: two, trunk: two, core: two }, worst: [] };
  return { calls, dropped: {}, refused: {}, instances: [], quality } as unknown as MediaStatus;
}

/** Only what the parts are given. */
function loaded(name: string, first: number): Loaded {
  const config = {
    policy: { onReload: "keep" },
    media: { engine: "js", ports: { first, last: first + 100 }, inactivityMs: 1, learn: {} },
    toString: () => name,
  };
  return { file: { config, text: name }, certificates: { tls: () => ({}) }, policy: {} } as unknown as Loaded;
}

const metrics = createMetrics({ process: false });
const log = createLog({ level: "info", mask: "numbers" }, undefined, { write: (line) => void lines.push(line) });
const start = () =>
  compose(
    loaded("old", 10_000),
    { log, metrics },
    {
      openMedia: async (options) => {
        mediaOptions = options;
        opened++;
        return media;
      },
      startEdge: async (options) => {
        if (edgeFails !== undefined) throw edgeFails;
        edgeOptions = options;
        return edge;
      },
    },
  );

test("what media says of a call reaches the edge", async () => {
  await start();
  mediaOptions.onEvent({ kind: "inactive", call: "c1" });
  expect(events).toEqual(["edge hears inactive"]);
});

test("what edge and media tell becomes lines and metrics", async () => {
  await start();
  edgeOptions.onEvent({ event: "call", level: "info", to: "+4930123456", call: "c1" });
  mediaOptions.log({ level: "warn", event: "rtp.foreign_source", call: "c1", packets: 3 });
  edgeOptions.onCount({ name: "registrations", result: "added" });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { event: "call", to: "+49301***56" },
    { event: "rtp.foreign_source", packets: 3 },
  ]);
  expect(await metrics.text([])).toContain('ringfence_registration_changes_total{result="added"} 1');
});

test("a listener that cannot be bound leaves no media behind", async () => {
  edgeFails = new RingfenceError("address-in-use", "taken", "stop it");
  await expect(start()).rejects.toBe(edgeFails);
  expect(events).toEqual(["media stops"]);
});

test("a reload reaches both, and then says what it forbids of what stands", async () => {
  const parts = await start();
  expect(await parts.apply(loaded("new", 20_000), loaded("old", 10_000))).toEqual([
    "3 calls are forbidden by the new rules (2 premium-rate, 1 calls-limit): left",
    "1 registration is no longer allowed: left",
  ]);
  expect(events).toEqual(["edge takes new", "media takes 20000"]);
  expect(judged).toEqual(events);
});

test("what the edge refuses, media never sees", async () => {
  const parts = await start();
  edgeFails = new RingfenceError("address-in-use", "taken", "stop it");
  await expect(parts.apply(loaded("new", 20_000), loaded("old", 10_000))).rejects.toBe(edgeFails);
  expect(events).toEqual([]);
});

test("when media cannot follow, the edge goes back to the old configuration", async () => {
  const parts = await start();
  mediaFails = new Error("no");
  await expect(parts.apply(loaded("new", 20_000), loaded("old", 10_000))).rejects.toBe(mediaFails);
  expect(events).toEqual(["edge takes new", "edge takes old"]);
  expect(judged).toBeUndefined();
});

const onFarm = (name: string): Loaded => {
  const next = loaded(name, 20_000);
  Object.assign(next.file.config.media, { engine: { rtpengine: [{ address: "10.0.0.7", port: 2223, weight: 1 }] } });
  return next;
};

test("a reload from our own engine to rtpengine opens the farm for new calls; the old engine ends with its last one", async () => {
  const parts = await start();
  callsInUse = 1;
  await parts.apply(onFarm("farm"), loaded("old", 10_000));
  expect([events, parts.engine.name]).toEqual([["edge takes farm"], "rtpengine"]);
  callsInUse = 0;
  parts.media.close("c-1");
  expect(events).toEqual(["edge takes farm", "media stops"]);
});

test("whoever turns back while calls are left gets the engine that has them, with the new settings", async () => {
  const parts = await start();
  callsInUse = 1;
  await parts.apply(onFarm("farm"), loaded("old", 10_000));
  const before = opened;
  await parts.apply(loaded("back", 30_000), onFarm("farm"));
  expect([opened - before, events.slice(1), parts.engine.name]).toEqual([
    0,
    ["edge takes back", "media takes 30000"],
    "js",
  ]);
});

test("what the edge refuses opens no other engine for good", async () => {
  const parts = await start();
  edgeFails = new RingfenceError("address-in-use", "taken", "stop it");
  await expect(parts.apply(onFarm("farm"), loaded("old", 10_000))).rejects.toBe(edgeFails);
  expect([events, parts.engine.name]).toEqual([["media stops"], "js"]);
});

test("other threads for our own engine need a restart, which is said before anybody is told", async () => {
  const parts = await start();
  const next = loaded("new", 20_000);
  Object.assign(next.file.config.media, { threads: 7 });
  await expect(parts.apply(next, loaded("old", 10_000))).rejects.toMatchObject({ code: "reload-needs-restart" });
  expect(events).toEqual([]);
});

test("the end says goodbye by signalling before media goes", async () => {
  await (await start()).stop();
  expect(events).toEqual(["edge stops", "media stops"]);
});

test("the last line of a call says how it was heard, no other does", async () => {
  await start();
  edgeOptions.onEvent({ event: "call", level: "info", call: "c-1", ended_by: "a", reason: "hangup" });
  edgeOptions.onEvent({ event: "call", level: "info", call: "c-1" });
  expect(lines.map((line) => JSON.parse(line).a_mos)).toEqual([4.2, undefined]);
});

test("every sample of the status is a metric", async () => {
  const zero = new Proxy({}, { get: () => 0 });
  const edgeStatus = {
    transactions: zero,
    suspended: [],
    trunks: [{ name: "t", calls: 0, hosts: [] }],
    subscriptions: 3,
    inShadow: [],
    trust: { registered: 1, proven: 2 },
    load: { level: 3, pressure: 2.5, lagMs: 250, busy: 1, fill: 0 },
    pbx: { reachable: undefined, nodes: [{ address: "10.0.0.5:5060", up: true }] },
    calls: 2,
  } as unknown as EdgeStatus;
  const mediaStatus = {
    dropped: { learning: 4 },
    refused: { "no-port": 1 },
    packetsRelayed: 9,
    instances: [{ place: "10.0.0.7:2223", state: "up", weight: 1, calls: 3, sessions: 4 }],
    quality: {
      now: { "one-way": 1, silent: 0, poor: 0 },
      events: { "one-way": 2, silent: 0, poor: 0 },
      rtp: { phone: { received: 70, lost: 3 } },
    },
  } as unknown as MediaStatus;
  const numbers = <T extends object>(partial: T): T =>
    new Proxy(partial, { get: (target, name) => Reflect.get(target, name) ?? 0 });
  const samples = sampleStatus({
    edge: { status: () => numbers(edgeStatus) } as EdgeHandle,
    media: { status: () => numbers(mediaStatus) } as Media,
  });
  const text = await createMetrics({ process: false }).text(samples);
  expect(text).toContain("ringfence_calls 2");
  expect(text).toContain("ringfence_connections ");
  expect(text).toContain('ringfence_trust{level="proven"} 2');
  expect(text).toContain("ringfence_overload_level 3");
  expect(text).toContain("ringfence_signalling_lag_seconds 0.25");
  expect(text).toContain("ringfence_pbx_reachable -1");
  expect(text).toContain('ringfence_pbx_node_up{node="10.0.0.5:5060"} 1');
  expect(text).toContain('ringfence_media_dropped_total{reason="learning"} 4');
  expect(text).toContain('ringfence_media_refused_total{reason="no-port"} 1');
  expect(text).toContain("ringfence_media_packets_total 9");
  expect(text).toContain('ringfence_media_instance_calls{place="10.0.0.7:2223"} 3');
  expect(text).toContain('ringfence_media_troubled_calls{kind="one-way"} 1');
  expect(text).toContain('ringfence_media_troubles_total{kind="one-way"} 2');
  expect(text).toContain('ringfence_media_rtp_lost_total{side="phone"} 3');
});
