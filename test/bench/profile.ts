/** Where the time of a call goes: CPU profiles of the main thread and of the media threads, summed by groups of functions. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Inspector, type Session } from "./inspector.ts";
import { theSite } from "./peers/site.ts";

/** µs between two samples. */
const INTERVAL = 500;

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** @returns lines for a reader; the profiles lie in the folder as `NAME-main.cpuprofile`, `NAME-worker-1.cpuprofile` */
export async function profiled(
  folder: string,
  name: string,
  drive: () => Promise<number>,
  at = theSite.inspector,
): Promise<string> {
  const inspector = await Inspector.attach(at);
  const sessions: readonly (readonly [string, Session])[] = [
    ["main", inspector],
    ...inspector.workers.map((worker, place) => [`worker-${place + 1}`, worker] as const),
  ];
  for (const [, session] of sessions) {
    await session.send("Profiler.enable");
    await session.send("Profiler.setSamplingInterval", { interval: INTERVAL });
    await session.send("Profiler.start");
  }
  const done = await drive();
  const lines: string[] = [];
  for (const [thread, session] of sessions) {
    const profile = (await session.send("Profiler.stop")).profile as Profile;
    writeFileSync(join(folder, `${name}-${thread}.cpuprofile`), JSON.stringify(profile));
    lines.push(...rendered(thread, profile, done));
  }
  inspector.close();
  return lines.join("\n");
}

function rendered(thread: string, profile: Profile, done: number): readonly string[] {
  const own = selfTimes(profile);
  const groups = new Map<string, number>();
  const functions = new Map<string, number>();
  for (const { node, group } of grouped(profile)) {
    const ms = (own.get(node.id) ?? 0) / 1_000 / done;
    groups.set(group, (groups.get(group) ?? 0) + ms);
    const name = `${node.callFrame.functionName || "(anonymous)"} ${shortUrl(node.callFrame.url)}`;
    functions.set(name, (functions.get(name) ?? 0) + ms);
  }
  const busy = [...groups].filter(([group]) => group !== "idle");
  const sum = busy.reduce((total, [, ms]) => total + ms, 0);
  return [
    `${thread}: ${sum.toFixed(3)} ms of CPU each, of ${done}`,
    ...descending(busy).map(([group, ms]) => `  ${ms.toFixed(3)}  ${group}`),
    ...descending([...functions].filter(([name]) => !name.startsWith("(idle)")))
      .slice(0, 25)
      .map(([name, ms]) => `    ${ms.toFixed(4)}  ${name}`),
  ];
}

/** µs by node. */
function selfTimes({ samples, timeDeltas }: Profile): ReadonlyMap<number, number> {
  const times = new Map<number, number>();
  for (const [place, id] of samples.entries()) times.set(id, (times.get(id) ?? 0) + (timeDeltas[place] ?? 0));
  return times;
}

/** A function that belongs to no group by itself counts for the one that called it. */
function grouped({ nodes }: Profile): readonly { readonly node: ProfileNode; readonly group: string }[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const found: { node: ProfileNode; group: string }[] = [];
  const visit = (node: ProfileNode, inherited: string): void => {
    const group = groupOf(node.callFrame) ?? inherited;
    found.push({ node, group });
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next !== undefined) visit(next, group);
    }
  };
  const [root] = nodes;
  if (root !== undefined) visit(root, "event loop and kernel");
  return found;
}

const engineStates: Readonly<Record<string, string>> = {
  "(idle)": "idle",
  "(program)": "event loop and kernel",
  "(garbage collector)": "garbage collection",
};

/** By a part of the file's name, the first that fits. */
const places: readonly (readonly [part: string, group: string])[] = [
  ["node:dgram", "dgram"],
  ["node:internal/dgram", "dgram"],
  ["node:internal/timers", "timers"],
  ["node:internal/crypto", "hashes and dice"],
  ["node:internal/worker", "messages between threads"],
  ["node:internal/per_context/messageport", "messages between threads"],
  ["/sonic-boom/", "logging"],
  ["/pino/", "logging"],
  ["appliance/src/logs/", "logging"],
  ["appliance/src/", "metrics and wiring"],
  ["sip/src/sdp", "SDP"],
  ["sip/src/transaction", "transactions"],
  ["sip/src/deadlines", "timers"],
  ["sip/src/", "parse and serialise"],
  ["packages/sip/", "parse and serialise"],
  ["policy/src/", "policy"],
  ["dgram-rate-limiter/", "gate"],
  ["edge/src/io/", "sockets"],
  ["edge/src/driver", "driver"],
  ["edge/src/", "B2BUA"],
  ["media/src/engine/portable.ts", "media engine control"],
  ["media/src/engine/", "media engine"],
  ["media/src/", "media control"],
];

function groupOf({ functionName, url }: CallFrame): string | undefined {
  const state = engineStates[functionName];
  if (state !== undefined) return state;
  return places.find(([part]) => url.includes(part))?.[1];
}

function shortUrl(url: string): string {
  const place = url.lastIndexOf("/packages/");
  return place < 0 ? url.slice(-40) : url.slice(place + "/packages/".length);
}

function descending(entries: readonly (readonly [string, number])[]): readonly (readonly [string, number])[] {
  return entries.toSorted(([, a], [, b]) => b - a);
}
