/** Key presses in TypeScript and in C++: random histories of packets, presses and time, and both say and send the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { mediaAddon, type NativeTwins } from "./native-addon.ts";
import { PressReader } from "./press-reader.ts";
import { PressWriter } from "./press-writer.ts";

const loaded = mediaAddon();

const type = 101;
/** Few enough that presses go on, begin anew, and wrap. */
const timestamp = fc.constantFrom(0, 160, 320, 480, 0xffff, 0xffff + 160, 2 * 0xffff, 0x8000_0000, 0xffff_ff60);
const clockRate = fc.constantFrom(1, 8_000, 16_000, 44_100, 48_000, 0xffff_ffff);
const waited = fc.constantFrom(0, 20, 20, 20, 100, 251, 1_000, 5_001);

const rtp = fc
  .record({
    type: fc.constantFrom(0, type, type, 0x80 | type, 96),
    first: fc.constantFrom(0x80, 0x80, 0x81, 0x90),
    sequence: fc.nat(0xffff),
    timestamp,
    ssrc: fc.constantFrom(1, 1, 1, 2),
    payload: fc.oneof(
      fc
        .record({ event: fc.nat(17), end: fc.boolean(), duration: fc.nat(0xffff) })
        .map(({ event, end, duration }) => [event, end ? 0x8a : 0x0a, duration >> 8, duration & 0xff]),
      fc.array(fc.nat(255), { maxLength: 30 }),
    ),
  })
  .map(({ first, ...of }) => {
    const head = Buffer.alloc(12);
    head.set([first, of.type]);
    head.writeUInt16BE(of.sequence, 2);
    head.writeUInt32BE(of.timestamp % 2 ** 32, 4);
    head.writeUInt32BE(of.ssrc, 8);
    // Room for the one CSRC or the empty extension that `first` may promise: the engine looks at shapes before.
    const more = first === 0x80 ? [] : [0, 0, 0, 0];
    return Buffer.from([...head, ...more, ...of.payload]);
  });

const happening = fc.record({
  waited,
  what: fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant("packet" as const), packet: rtp }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("settle" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("press" as const),
        event: fc.nat(15),
        durationMs: fc.constantFrom(0, 1, 40, 100, 9_000, 0xffff_ffff),
      }),
    },
  ),
});
type History = readonly (typeof happening extends fc.Arbitrary<infer One> ? One : never)[];

function ours(clock: number, history: History): unknown[] {
  const said: string[] = [];
  const keys = { type, clockRate: clock, collect: true };
  const reader = new PressReader(keys, (event, durationMs) => said.push(`${event} ${durationMs}`));
  const writer = new PressWriter(keys);
  let now = 0;
  return history.map(({ waited: passed, what }) => {
    now += passed;
    if (what.kind === "press") writer.press(what.event, what.durationMs, now);
    if (what.kind === "settle") reader.settle(now);
    if (what.kind !== "packet") return said.splice(0);
    const sent = Buffer.from(what.packet);
    const isPress = reader.isPress(what.packet, what.packet.length, now);
    return [isPress, said.splice(0), sent.subarray(0, writer.write(sent, sent.length, now)).toString("hex")];
  });
}

function theirs(twins: NativeTwins, clock: number, history: History): unknown[] {
  const keys = twins.keys(type, clock);
  let now = 0;
  const said = (): string[] => {
    const all: string[] = [];
    for (let one = twins.keysSaid(keys); one !== undefined; one = twins.keysSaid(keys)) all.push(one);
    return all;
  };
  return history.map(({ waited: passed, what }) => {
    now += passed;
    if (what.kind === "press") twins.keysPress(keys, what.event, what.durationMs, now);
    if (what.kind === "settle") twins.keysRead(keys, undefined, now);
    if (what.kind !== "packet") return said();
    const sent = Buffer.from(what.packet);
    const isPress = twins.keysRead(keys, what.packet, now) === 1;
    return [isPress, said(), sent.subarray(0, twins.keysWrite(keys, sent, now)).toString("hex")];
  });
}

test.skipIf(!loaded.ok)("RFC 4733: what is read of a peer's keys and written of ours, after any history", () => {
  if (!loaded.ok) return;
  const { twins } = loaded.addon;
  fc.assert(
    fc.property(clockRate, fc.array(happening, { maxLength: 80 }), (clock, history) => {
      expect(theirs(twins, clock, history)).toEqual(ours(clock, history));
    }),
    { numRuns: 1_000 },
  );
});
