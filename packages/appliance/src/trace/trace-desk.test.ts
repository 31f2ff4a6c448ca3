import type { Flow } from "@ringfence/edge";
import { expect, test, vi } from "vitest";
import type { TraceItem } from "../control/protocol.ts";
import { createMask } from "../logs/mask.ts";
import { traceDesk } from "./trace-desk.ts";
import { TraceHub } from "./trace-hub.ts";

const place = { address: "192.0.2.1", port: 5_060 };
const flow: Flow = {
  id: "one",
  reliable: false,
  packetSource: place,
  endpoint: { id: "e", role: "access", transport: "udp", local: place, advertised: place },
  transport: "udp",
  side: "phone",
};
const message = Buffer.from(
  [
    "OPTIONS sip:pbx.example.com SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1",
    "From: <sip:1001@pbx.example.com>;tag=1",
    "To: <sip:pbx.example.com>",
    "Call-ID: x",
    "CSeq: 1 OPTIONS",
    "",
    "",
  ].join("\r\n"),
);

function looking(forMs = 60_000) {
  let now = 1_000_000;
  const items: TraceItem[] = [];
  let ended = false;
  const hub = new TraceHub(
    { observe() {} },
    () => now,
    (error) => items.push({ skipped: -1, ...{ error } }),
  );
  const stream = traceDesk(hub, () => createMask("off")).trace({ command: "trace", by: "me", forMs, account: "1001" });
  const stop = stream.start(
    (item) => items.push(item),
    () => {
      ended = true;
    },
  );
  const send = (count: number, at: number): void => {
    now = at;
    for (let i = 0; i < count; i++) hub.message("in", flow, message);
  };
  return { items, send, stop, over: () => ended };
}

test("of a flood a thousand messages a second show, and how many did not is said", () => {
  const { items, send } = looking();
  send(1_500, 1_000_000);
  expect(items).toHaveLength(1_000);
  send(1, 1_001_000);
  expect(items.slice(1_000)).toEqual([{ skipped: 500 }, expect.objectContaining({ title: "OPTIONS" })]);
});

test("it ends when its time is over, and nothing comes after that", () => {
  vi.useFakeTimers();
  const { items, send, over } = looking(2_000);
  send(1, 1_000_000);
  vi.advanceTimersByTime(2_000);
  send(1, 1_002_000);
  vi.useRealTimers();
  expect([items.length, over()]).toEqual([1, true]);
});

test("what is no address is refused before anything begins", () => {
  const hub = new TraceHub(
    { observe() {} },
    () => 0,
    () => undefined,
  );
  const desk = traceDesk(hub, () => createMask("off"));
  expect(() => desk.trace({ command: "trace", by: "me", forMs: 1_000, source: "pbx" })).toThrow("no address");
});
