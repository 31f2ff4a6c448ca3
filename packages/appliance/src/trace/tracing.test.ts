import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { loadConfig } from "@ringfence/policy";
import { afterEach, beforeEach, expect, test } from "vitest";
import { callUp } from "../../../../test/support/call-up.ts";
import { EdgeWorld } from "../../../../test/support/edge-world.ts";
import { eventually } from "../../../../test/support/eventually.ts";
import { freePort } from "../../../../test/support/free-port.ts";
import { type DecodedHep, decodeHep } from "../../../../test/support/hep-decoder.ts";
import { tapped } from "../../../../test/support/tapped-world.ts";
import type { Loaded } from "../loading.ts";
import { Followers } from "../logs/followers.ts";
import type { LogEvent } from "../logs/log-event.ts";
import { Tracing } from "./tracing.ts";

let world: EdgeWorld;
let lines: LogEvent[];
let sockets: Socket[];
let tracing: Tracing | undefined;

beforeEach(() => {
  world = new EdgeWorld();
  [lines, sockets] = [[], []];
});
afterEach(() => {
  tracing?.stop();
  tracing = undefined;
  for (const socket of sockets) socket.close();
});

/** What the attendant reads of a configuration. @param more sections of the file */
function loaded(more: string): Loaded {
  const read = loadConfig(`pbx: { address: "10.0.0.5:5060" }\nphones: { domains: [pbx.example.com] }\n${more}\n`);
  if (!read.ok) throw new Error(JSON.stringify(read.issues));
  const facts = { file: { config: read.config }, captureKey: { key: "k" }, authorities: new Map() };
  return facts as unknown as Loaded;
}

function begin(more: string): Tracing {
  const followers = new Followers();
  const line = (_level: string, event: LogEvent): void => void lines.push(event);
  const log = { line, follow: (listener: Parameters<Followers["add"]>[0]) => followers.add(listener) };
  const edge = { observe: (tap: Parameters<typeof tapped>[1] | undefined) => tap && tapped(world, tap) };
  tracing = new Tracing({ edge, summary: () => undefined, log }, loaded(more));
  return tracing;
}

async function collector(): Promise<{ readonly url: string; readonly got: DecodedHep[] }> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  sockets.push(socket);
  await once(socket, "listening");
  const got: DecodedHep[] = [];
  socket.on("message", (octets) => void got.push(decodeHep(octets)));
  return { url: `udp://127.0.0.1:${socket.address().port}`, got };
}

test("a reload leads captures elsewhere, and what was sent is counted on", async () => {
  const [first, second] = [await collector(), await collector()];
  const running = begin(`capture: { hep: "${first.url}" }`);
  callUp(world);
  await eventually("the first collector", () => first.got.some(({ payload }) => payload.startsWith("ACK")));
  running.apply(loaded(`capture: { hep: "${second.url}", mask: false }`));
  const before = first.got.length;
  world.phone().send(["OPTIONS sip:pbx.example.com SIP/2.0", ...rest]);
  await eventually("the second collector", () => second.got.length === 2);
  running.apply(loaded("capture: { ladders: 0 }"));
  world.phone().send(["OPTIONS sip:pbx.example.com SIP/2.0", ...rest]);
  expect(first.got.length).toBe(before);
  expect(running.samples().map(({ labels, value }) => [labels?.result, value])).toEqual([
    ["sent", before + 2],
    ["dropped", 0],
  ]);
});

const rest = [
  "Via: SIP/2.0/UDP 192.0.2.10:40000;branch=z9hG4bKoptions;rport",
  "From: <sip:1001@pbx.example.com>;tag=1",
  "To: <sip:pbx.example.com>",
  "Call-ID: options",
  "CSeq: 1 OPTIONS",
  "Max-Forwards: 70",
];

test("a line for each message where the log wants them, with the message or without, and none where not", () => {
  const running = begin("logs: { sip_trace: summary }");
  callUp(world);
  const invites = lines.filter(({ title }) => title === "INVITE 600");
  expect(invites).toMatchObject([
    { event: "sip", side: "phone", direction: "in", source: "192.0.2.10:40000", sdp: "audio PCMU", message: undefined },
    { event: "sip", side: "core", direction: "out", source: "10.0.0.5:5060" },
  ]);
  const before = lines.length;
  running.apply(loaded("logs: { sip_trace: full, mask: addresses }"));
  world.phone().send(["OPTIONS sip:pbx.example.com SIP/2.0", ...rest]);
  const [asked, answered, ...more] = lines.slice(before);
  expect([String(asked?.message).includes("192.0.2.10"), asked?.source, more]).toEqual([false, "***", []]);
  expect(answered).toMatchObject({ direction: "out", title: expect.stringContaining("OPTIONS") });
  running.apply(loaded("{}".slice(2)));
  world.phone().send(["OPTIONS sip:pbx.example.com SIP/2.0", ...rest]);
  expect(lines.length).toBe(before + 2);
});

test("the ladder of a call, by its id: both legs between three parties", () => {
  const running = begin("");
  callUp(world);
  const call = world.outputs.find((output) => output.kind === "leg")?.call ?? "";
  const ladder = running.of(call);
  expect(ladder?.parties).toEqual([
    { name: "phone", address: "192.0.2.10:40000 udp" },
    { name: "Ringfence", address: "" },
    { name: "PBX", address: "10.0.0.5:5060 udp" },
  ]);
  expect(ladder?.messages.slice(0, 3).map(({ from, to, title }) => [from, to, title])).toEqual([
    [0, 1, "INVITE 600"],
    [1, 0, "100 Trying"],
    [1, 2, "INVITE 600"],
  ]);
  expect([ladder?.dropped, running.of("nobody")]).toEqual([0, undefined]);
});

test("a collector that is not there is said in the log and by status, until another is configured", async () => {
  const port = await freePort();
  const running = begin(`capture: { hep: "tcp://127.0.0.1:${port}" }`);
  await eventually("the trouble", () => lines.length > 0);
  const detail = `tcp://127.0.0.1:${port} takes no captures: ECONNREFUSED`;
  expect([lines[0], running.warnings()]).toEqual([{ event: "capture", reason: "not-written", detail }, [detail]]);
  running.apply(loaded(""));
  expect(running.warnings()).toEqual([]);
});
