import { expect, test } from "vitest";
import { avp, pbx, savp } from "../../../../test/support/media-talk.ts";
import { farm, pass } from "./farm-bench.ts";
import type { SoundCount } from "./ng-sound.ts";

/** A call of a phone on SRTP with the PBX, on a farm that hears what `say` makes of it. */
async function call() {
  const { bench, talk } = await farm();
  await talk.offer("a", savp(1));
  await talk.answer("b", avp(pbx));
  bench.media.up("c1");
  const sent = { a: 0, b: 0 };
  let reports = 0;
  /** Seconds in which each leg sends fifty packets a second, or none; `heard`: the share that each end then says it lost. */
  const talkFor = async (
    seconds: number,
    who: { a: boolean; b: boolean },
    heard?: Partial<Record<"a" | "b", number>>,
  ) => {
    for (let past = 0; past < seconds; past += 5) {
      for (const leg of ["a", "b"] as const) if (who[leg]) sent[leg] += 250;
      bench.first.packets = sent.a + sent.b;
      const at = ++reports;
      const count = (leg: "a" | "b"): SoundCount => {
        const lossRate = heard?.[leg];
        const report = lossRate === undefined ? undefined : { at, lossRate, jitterMs: 12, roundTripMs: 40 };
        return { packets: sent[leg], report };
      };
      bench.first.sound = { a: count("a"), b: count("b") };
      await pass(bench, 5_000);
    }
  };
  const said = () => bench.logged.filter(({ event }) => event.startsWith("rtp.")).map((l) => `${l.event} ${l.leg}`);
  return { bench, talk, talkFor, said };
}

const both = { a: true, b: true };

test("packets, loss, jitter and marks of a call come from what its instance counted and its ends reported", async () => {
  const { bench, talkFor, said } = await call();
  await talkFor(60, both, { a: 0, b: 0.04 });
  const { a, b } = bench.media.summary("c1") ?? {};
  expect(a).toMatchObject({ codec: "pcmu", suite: "AES_CM_128_HMAC_SHA1_80", packets: 3_000, roundTripMs: 40 });
  expect(b).toMatchObject({ codec: "pcmu", suite: undefined, packets: 3_000, heardJitterMs: 12 });
  expect([a?.heardLoss, b?.heardLoss?.toFixed(3)]).toEqual([0, "0.040"]);
  expect(b?.heardMos).toBeLessThan(a?.heardMos ?? 0);
  expect(bench.media.status().quality.rtp).toMatchObject({ phone: { received: 3_000 }, core: { received: 3_000 } });
  expect(said()).toEqual([]);
});

test("nothing is claimed that nobody saw: no loss, jitter or mark on the way here, and none at all without RTCP", async () => {
  const { bench, talkFor } = await call();
  await talkFor(20, both);
  const here = { lost: undefined, jitterMs: undefined, gapMs: undefined, mos: undefined };
  const nothing = { ...here, heardLoss: undefined, heardMos: undefined, roundTripMs: undefined };
  expect(bench.media.summary("c1")).toMatchObject({ a: { packets: 1_000, ...nothing }, b: nothing });
});

test("a side that is not heard while the other speaks is named once, and no longer when it comes", async () => {
  const { bench, talkFor, said } = await call();
  await talkFor(10, both);
  expect(said()).toEqual([]);
  await talkFor(40, { a: true, b: false });
  expect(said()).toEqual(["rtp.one_way b"]);
  expect(bench.media.status().quality.now["one-way"]).toBe(1);
  await talkFor(10, both);
  expect(bench.media.status().quality.now["one-way"]).toBe(0);
});

test("one-way is nobody on hold", async () => {
  const { talk, talkFor, said } = await call();
  await talk.offer("a", savp(1, "a=sendonly"));
  await talk.answer("b", avp(pbx, "a=recvonly"));
  await talkFor(40, { a: true, b: false });
  expect(said()).toEqual([]);
});

test("two bad reports in a row are a poor line, whose mark is in the line and in the worst calls", async () => {
  const { bench, talkFor, said } = await call();
  await talkFor(15, both, { b: 0.3 });
  expect(said()).toEqual(["rtp.poor b"]);
  expect(bench.media.status().quality.worst[0]).toMatchObject({ call: "c1" });
});

test("an answer of an instance that holds nonsense in place of figures says nothing", async () => {
  const { bench, talkFor } = await call();
  await talkFor(5, both);
  const odd = { packets: -1, report: undefined };
  bench.first.sound = { a: odd, b: odd };
  await pass(bench, 10_000);
  expect(bench.media.summary("c1")?.a.packets).toBe(250);
});
