import type { CallSummary, LegSummary } from "@ringfence/media";
import { expect, test } from "vitest";
import { callUp } from "../../../../test/support/call-up.ts";
import { EdgeWorld } from "../../../../test/support/edge-world.ts";
import { type DecodedHep, decodeHep } from "../../../../test/support/hep-decoder.ts";
import { tapped } from "../../../../test/support/tapped-world.ts";
import { createMask, type MaskLevel } from "../logs/mask.ts";
import { HepCapture } from "./hep-capture.ts";
import { TraceHub } from "./trace-hub.ts";

function leg(change: Partial<LegSummary>): LegSummary {
  const counted = { packets: 960, lost: 40, reordered: 0, duplicate: 0, jitterMs: 12.5, gapMs: 20, roundTripMs: 80 };
  const marks = { mos: 4.123, mosWorst: 4, mosLast: 4.1, heardMos: 3.9, heardMosWorst: 3, heardMosLast: 4 };
  const heard = { heardLoss: 0.01, heardJitterMs: 3 };
  return { codec: "pcmu", suite: undefined, keying: undefined, ...counted, ...marks, ...heard, ...change };
}

/** A call that is up, seen by a collector. */
function captured(level: MaskLevel = "off", rtcp = true, summary?: CallSummary) {
  const world = new EdgeWorld();
  const packets: DecodedHep[] = [];
  const capture = new HepCapture({
    send: (packet) => void packets.push(decodeHep(packet)),
    mask: createMask(level),
    id: 7,
    key: undefined,
    rtcp,
    summary: () => summary,
  });
  const hub = new TraceHub(
    { observe: (tap) => tap && tapped(world, tap) },
    () => 1_700_000_000_000,
    (bug) => {
      throw bug;
    },
  );
  hub.listen((seen) => capture.message(seen));
  const { invite, ok } = callUp(world);
  const call = world.outputs.find((output) => output.kind === "leg")?.call ?? "";
  return { capture, packets, call, invite, ok, reports: () => packets.filter(({ kind }) => kind === 5) };
}

test("both legs have the id of the call as correlation, what belongs to no call has its Call-ID", () => {
  const { packets, call } = captured();
  const correlations = packets.map(({ payload, correlation }) => [payload.split(" ")[0], correlation]);
  expect(correlations.filter(([first]) => first === "INVITE")).toEqual([
    ["INVITE", call],
    ["INVITE", call],
  ]);
  expect(correlations.filter(([first]) => first === "REGISTER").map(([, id]) => id === call)).toEqual([false, false]);
});

test("a message goes from who sent it to who gets it", () => {
  const invites = captured().packets.filter(({ payload }) => payload.startsWith("INVITE"));
  const ways = invites.map((one) => `${one.source}:${one.sourcePort} ${one.destination}:${one.destinationPort}`);
  expect(ways).toEqual(["192.0.2.10:40000 203.0.113.1:5060", "10.0.0.2:5060 10.0.0.5:5060"]);
});

test("with the mask `addresses` nobody's address is in a packet", () => {
  for (const { source, destination, payload } of captured("addresses").packets) {
    expect([source, destination, payload.includes("192.0.2.10")]).toEqual(["0.0.0.0", "0.0.0.0", false]);
  }
});

test("each leg is reported with the sums of the call's record, as RTCP in JSON", () => {
  const { capture, reports, call } = captured("off", true, {
    a: leg({}),
    b: leg({ codec: "opus", lost: 0, mos: undefined }),
  });
  capture.report(1_700_000_010_000);
  const [a, b] = reports().map(({ payload }) => JSON.parse(payload));
  expect(a).toMatchObject({
    type: 200,
    sender_information: { ntp_timestamp_sec: 1_700_000_010 + 2_208_988_800, packets: 960 },
    report_blocks: [{ packets_lost: 40, fraction_lost: 10, ia_jitter: 100 }],
    codec: "pcmu",
    mos: 4.12,
    rtt_ms: 80,
  });
  expect(b).toMatchObject({ report_blocks: [{ packets_lost: 0, fraction_lost: 0, ia_jitter: 600 }] });
  expect(new Set(reports().map(({ correlation }) => correlation))).toEqual(new Set([call]));
  expect([a.ssrc === b.ssrc, reports().map(({ source }) => source)]).toEqual([false, ["192.0.2.10", "10.0.0.5"]]);
});

test("the last report comes with the end of the call, and none after it", () => {
  const { capture, reports, call } = captured("off", true, { a: leg({}), b: leg({}) });
  capture.ended(call, 1);
  capture.report(2);
  expect(reports().map(({ at }) => at)).toEqual([1, 1]);
});

test.each<[string, boolean, CallSummary | undefined]>([
  ["nobody wants any", false, { a: leg({}), b: leg({}) }],
  ["the call has no sound", true, undefined],
])("no reports where %s", (_why, rtcp, summary) => {
  const { capture, reports } = captured("off", rtcp, summary);
  capture.report(1);
  expect(reports()).toEqual([]);
});
