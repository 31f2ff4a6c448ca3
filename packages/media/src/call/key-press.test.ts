import { describe, expect, test } from "vitest";
import { coreLeg, linesOf, MediaBench, phoneLeg, portsOf, sdp } from "../media-bench.ts";
import type { LegMedia } from "../media-port.ts";

const phone = { ...phoneLeg, srtp: "off" as const };
const info = (leg: LegMedia): LegMedia => ({ ...leg, dtmf: "info" });
const rfc4733 = (leg: LegMedia): LegMedia => ({ ...leg, dtmf: "rfc4733" });
const events = ["a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15"];
const withEvents = (address: string) => sdp(address, "m=audio 4000 RTP/AVP 0 101", ...events);
const without = (address: string) => sdp(address, "m=audio 4000 RTP/AVP 0");
const formats = (text: string): string => (linesOf(text, "m=audio ")[0] ?? "").split(" ").slice(2).join(" ");

/** What each side was told, and what the engine was. */
async function call(offered: string, a: LegMedia, answered: string, b: LegMedia) {
  const bench = await MediaBench.start();
  const toB = await bench.offer("a", offered, a, b);
  const result = await bench.media.answer("c1", "b", Buffer.from(answered, "latin1"));
  if (!result.ok) throw new Error(result.reason);
  const toA = Buffer.from(result.sdp).toString("latin1");
  const keys = [toA, toB].map((text) => bench.engine.configOf(portsOf(text)[0] as number)?.keyPresses);
  return { bench, toA: formats(toA), toB: formats(toB), press: result.press, keys, answer: toA };
}

const at101 = (collect: boolean) => ({ type: 101, clockRate: 8000, collect });

describe("auto", () => {
  test("both have events: they cross, and nothing is made of anything", async () => {
    const { toA, toB, press, keys } = await call(withEvents("198.51.100.7"), phone, withEvents("10.0.0.5"), coreLeg);
    expect([toA, toB]).toEqual(["0 101", "0 101"]);
    expect(press).toEqual({ a: false, b: false });
    expect(keys).toEqual([at101(false), at101(false)]);
  });

  test("one has none: so has the other", async () => {
    const { toA, press, keys } = await call(withEvents("198.51.100.7"), phone, without("10.0.0.5"), coreLeg);
    expect(toA).toBe("0");
    expect(press).toEqual({ a: false, b: false });
    expect(keys).toEqual([undefined, undefined]);
  });
});

describe("info", () => {
  test("the PBX takes INFO: it is offered no events, the phone keeps them, and they are collected", async () => {
    const { toA, toB, press, keys, answer } = await call(
      withEvents("198.51.100.7"),
      phone,
      without("10.0.0.5"),
      info(coreLeg),
    );
    expect([toA, toB]).toEqual(["0 101", "0"]);
    expect(answer).toContain("a=rtpmap:101 telephone-event/8000");
    expect(press).toEqual({ a: true, b: false });
    expect(keys).toEqual([at101(true), undefined]);
  });

  test("the phone sends INFO: it hears of no events, the PBX has them", async () => {
    const { toA, toB, press, keys } = await call(
      withEvents("198.51.100.7"),
      info(phone),
      withEvents("10.0.0.5"),
      coreLeg,
    );
    expect([toA, toB]).toEqual(["0", "0 101"]);
    expect(press).toEqual({ a: false, b: true });
    expect(keys).toEqual([undefined, at101(true)]);
  });
});

describe("rfc4733", () => {
  test("the phone has no events: they are offered to the PBX all the same, under a type that is free", async () => {
    const offer = sdp("198.51.100.7", "m=audio 4000 RTP/AVP 0 101", "a=rtpmap:101 speex/8000");
    const answered = sdp("10.0.0.5", "m=audio 4000 RTP/AVP 0 102", "a=rtpmap:102 telephone-event/8000");
    const { toA, toB, press, keys } = await call(offer, phone, answered, rfc4733(coreLeg));
    expect([toA, toB]).toEqual(["0", "0 101 102"]);
    expect(press).toEqual({ a: false, b: true });
    expect(keys).toEqual([undefined, { ...at101(true), type: 102 }]);
  });

  test("both have events: those of INFO become events on the side that wants them", async () => {
    const { press } = await call(withEvents("198.51.100.7"), phone, withEvents("10.0.0.5"), rfc4733(coreLeg));
    expect(press).toEqual({ a: false, b: true });
  });
});

test("events in another clock than that of the sound are none", async () => {
  const opus = ["a=rtpmap:111 opus/48000/2", "a=rtpmap:101 telephone-event/8000"];
  const both = (address: string) => sdp(address, "m=audio 4000 RTP/AVP 111 101", ...opus);
  const { press, keys } = await call(both("198.51.100.7"), phone, both("10.0.0.5"), rfc4733(coreLeg));
  expect([press, keys]).toEqual([{ a: false, b: false }, [undefined, undefined]]);
});

test("a press goes to the engine as an event, an event of the engine to whoever drives the call", async () => {
  const { bench } = await call(withEvents("198.51.100.7"), phone, without("10.0.0.5"), info(coreLeg));
  bench.media.press("c1", "a", "#", 120);
  for (const [leg, key] of [
    ["a", "X"],
    ["a", "12"],
    ["a", ""],
    ["b", "1"],
  ] as const)
    bench.media.press("c1", leg, key, 120);
  bench.media.press("other", "a", "1", 120);
  const pressed = bench.engine.commands.filter((command) => command.kind === "press");
  expect(pressed).toMatchObject([{ kind: "press", event: 11, durationMs: 120 }]);
  const [{ pair } = { pair: 0 }] = pressed;
  bench.engine.emit({ kind: "pressed", pair, event: 12, durationMs: 100 });
  bench.engine.emit({ kind: "pressed", pair: 999, event: 1, durationMs: 100 });
  expect(bench.events).toEqual([{ kind: "pressed", call: "c1", from: "a", key: "A", durationMs: 100 }]);
});
