import { beforeEach, describe, expect, test } from "vitest";
import type { StreamReport } from "../engine/stream-report.ts";
import type { Codec } from "../sdp/codecs.ts";
import { QualityDesk, type QualityEvent, type StreamFacts } from "./quality-desk.ts";

const pcmu: Codec = { type: 0, name: "pcmu", clockRate: 8000, role: "pcmu" };
const opus: Codec = { type: 111, name: "opus", clockRate: 48_000, role: "media" };
const [pairA, pairB] = [1, 2];

function sound(changes: Partial<StreamFacts> = {}, codec = pcmu): StreamFacts {
  const leg = { codecs: [codec], agreed: codec.name, suite: undefined, keying: undefined };
  return {
    a: { ...leg, leg: "a", pair: pairA, side: "phone", suite: "AES_CM_128_HMAC_SHA1_80" },
    b: { ...leg, leg: "b", pair: pairB, side: "core" },
    twoWay: true,
    ...changes,
  };
}

function report(pair: number, changes: Partial<StreamReport> = {}): StreamReport {
  const nothing = { duplicate: 0, reordered: 0, restarts: 0, comfortNoise: 0, jitterMs: 0, gapMs: 20, quiet: 0 };
  return { pair, received: 50, expected: 50, sampled: 2, payloadType: 0, ...nothing, ...changes };
}

let desk: QualityDesk;
let now: number;

beforeEach(() => {
  desk = new QualityDesk();
  now = 0;
  desk.answered("c", now);
});

/** Seconds of a call in which each leg reports what is said here; undefined: it sends nothing. */
function pass(
  seconds: number,
  a: Partial<StreamReport> | undefined,
  b: Partial<StreamReport> | undefined,
): readonly QualityEvent[] {
  const events: QualityEvent[] = [];
  for (let second = 0; second < seconds; second++) {
    now += 1_000;
    desk.report([...(a ? [report(pairA, a)] : []), ...(b ? [report(pairB, b)] : [])], now);
    events.push(...desk.look(now));
  }
  return events;
}

const kinds = (events: readonly QualityEvent[]) => events.map(({ kind, leg }) => `${kind} ${leg}`);

describe("one-way", () => {
  test("the side that is not heard is named, once, when the other has spoken for ten seconds", () => {
    desk.agree("c", sound(), now);
    expect(kinds(pass(9, {}, undefined))).toEqual([]);
    expect(kinds(pass(60, {}, undefined))).toEqual(["one-way b"]);
    expect(desk.status().now["one-way"]).toBe(1);
  });

  test("it is over with the first packet, and said again a minute later at the earliest", () => {
    desk.agree("c", sound(), now);
    pass(12, {}, undefined);
    expect(kinds(pass(1, {}, {}))).toEqual([]);
    expect(desk.status().now["one-way"]).toBe(0);
    expect(kinds(pass(15, {}, undefined))).toEqual([]);
    pass(40, {}, {});
    expect(kinds(pass(15, {}, undefined))).toEqual(["one-way b"]);
    expect(desk.status().events["one-way"]).toBe(2);
  });

  test("not on hold, and after it the wait begins anew", () => {
    desk.agree("c", sound({ twoWay: false }), now);
    expect(kinds(pass(60, {}, undefined))).toEqual([]);
    desk.agree("c", sound(), now);
    expect(kinds(pass(9, {}, undefined))).toEqual([]);
    expect(kinds(pass(2, {}, undefined))).toEqual(["one-way b"]);
  });

  test("not when both are silent: that is what media.inactivity is for", () => {
    desk.agree("c", sound(), now);
    expect(kinds(pass(60, undefined, undefined))).toEqual([]);
  });

  test("not before the call is answered: who hears it ring says nothing", () => {
    desk.agree("d", sound(), now);
    expect(kinds(pass(60, undefined, {}))).toEqual([]);
    desk.answered("d", now);
    expect(kinds(pass(9, undefined, {}))).toEqual([]);
    expect(kinds(pass(2, undefined, {}))).toEqual(["one-way a"]);
  });

  test("a codec that may pause has thirty seconds", () => {
    desk.agree("c", sound({}, opus), now);
    expect(kinds(pass(29, { payloadType: 111 }, undefined))).toEqual([]);
    expect(kinds(pass(2, { payloadType: 111 }, undefined))).toEqual(["one-way b"]);
  });
});

describe("silent", () => {
  test("thirty seconds in which every sample was silence", () => {
    desk.agree("c", sound(), now);
    expect(kinds(pass(30, { quiet: 2 }, {}))).toEqual([]);
    expect(kinds(pass(1, { quiet: 2 }, {}))).toEqual(["silent a"]);
    expect(kinds(pass(10, {}, {}))).toEqual([]);
    expect(desk.status().now.silent).toBe(0);
  });

  test("comfort noise and nothing else is silence", () => {
    desk.agree("c", sound(), now);
    expect(kinds(pass(31, {}, { received: 5, expected: 5, sampled: 0, comfortNoise: 5 }))).toEqual(["silent b"]);
  });

  test("a codec whose level cannot be read is never called silent", () => {
    desk.agree("c", sound({}, opus), now);
    expect(kinds(pass(120, { sampled: 0, payloadType: 111 }, {}))).toEqual([]);
  });
});

describe("poor", () => {
  test("two windows of five seconds with heavy loss", () => {
    desk.agree("c", sound(), now);
    expect(kinds(pass(6, { received: 30 }, {}))).toEqual([]);
    const events = pass(6, { received: 30 }, {});
    expect(kinds(events)).toEqual(["poor a"]);
    expect(events[0]?.mos).toBeLessThan(3.1);
    expect(desk.status().worst[0]).toMatchObject({ call: "c", leg: "a" });
  });

  test("what the peer reports it hears counts as much as what comes here", () => {
    desk.agree("c", sound(), now);
    const bad = { remote: { fractionLost: 0.3, jitterMs: 10, roundTripMs: 80 } };
    expect(kinds(pass(2, {}, bad))).toEqual(["poor b"]);
  });

  test("when every call is poor, sixty lines a minute say so, and all are counted", () => {
    for (let n = 0; n < 200; n++) {
      const base = sound();
      desk.agree(`c${n}`, { ...base, a: { ...base.a, pair: 10 + 2 * n }, b: { ...base.b, pair: 11 + 2 * n } }, now);
    }
    let lines = 0;
    for (let second = 1; second <= 12; second++) {
      desk.report(
        Array.from({ length: 400 }, (_, n) => report(10 + n, { received: n % 2 === 0 ? 25 : 50 })),
        second * 1_000,
      );
      lines += desk.look(second * 1_000).filter(({ kind }) => kind === "poor").length;
    }
    expect([lines, desk.status().events.poor]).toEqual([60, 200]);
  });
});

describe("the summary of a call", () => {
  test("both legs: packets, loss, jitter, round trip, marks, codec and suite", () => {
    desk.agree("c", sound(), now);
    pass(10, { expected: 51, jitterMs: 4 }, { remote: { fractionLost: 0, jitterMs: 3, roundTripMs: 60 } });
    const { a, b } = desk.summary("c") ?? {};
    expect(a).toMatchObject({ codec: "pcmu", suite: "AES_CM_128_HMAC_SHA1_80", packets: 500, lost: 10, jitterMs: 4 });
    expect(b).toMatchObject({ codec: "pcmu", suite: undefined, packets: 500, lost: 0, roundTripMs: 60 });
    expect(a?.mos).toBeLessThan(b?.mos ?? 0);
    expect(b?.heardMos).toBeGreaterThan(4.3);
    expect(desk.status().rtp).toMatchObject({ phone: { received: 500, lost: 10 }, core: { received: 500, lost: 0 } });
  });

  test("a bad minute is seen in the worst mark though the average is good", () => {
    desk.agree("c", sound(), now);
    pass(300, {}, {});
    pass(12, { received: 30 }, {});
    const a = desk.summary("c")?.a;
    expect([(a?.mos ?? 0) > 4, (a?.mosWorst ?? 5) < 3]).toEqual([true, true]);
  });

  test("a re-INVITE goes on with the same sums, a call that is gone has none", () => {
    desk.agree("c", sound(), now);
    pass(5, {}, {});
    desk.agree("c", sound(), now);
    pass(5, {}, {});
    expect(desk.summary("c")?.a.packets).toBe(500);
    desk.forget("c");
    expect(desk.summary("c")).toBeUndefined();
    desk.report([report(pairA)], now);
  });

  test("a call that goes on as a fax keeps what was heard before, and is not one-way for it", () => {
    desk.agree("c", sound(), now);
    pass(10, {}, {});
    desk.agree("c", undefined, now);
    expect(kinds(pass(60, {}, undefined))).toEqual([]);
    expect(desk.summary("c")?.a.packets).toBe(500);
  });

  test("a call of three seconds has a mark too, one without a second of speech has none", () => {
    desk.agree("c", sound(), now);
    pass(3, {}, { received: 10, expected: 10 });
    expect(desk.summary("c")?.a.mos).toBeGreaterThan(4);
    expect(desk.summary("c")?.b.mos).toBeUndefined();
  });
});
