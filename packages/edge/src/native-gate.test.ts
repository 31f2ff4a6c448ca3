/** The gate in TypeScript and its twin in C++: one history, the same verdicts, and the same octets in every table afterwards. */
import { Gate, type GateOptions, gateVerdict, nativeGate, type SourceLevel } from "@ringfence/dgram-rate-limiter";
import { loadNative } from "@ringfence/native";
import { type Cidr, PrefixSet, parseCidr } from "@ringfence/policy";
import fc from "fast-check";
import { describe, expect, test } from "vitest";

const blocks = (...texts: readonly string[]): PrefixSet =>
  new PrefixSet(texts.map(parseCidr).filter((block): block is Cidr => typeof block !== "string"));

/** Few enough that they meet again, too many for the table. */
const address = fc.oneof(
  fc.nat(300).map((n) => `198.51.${n >> 8}.${n & 255}`),
  fc.tuple(fc.nat(3), fc.nat(40)).map(([network, n]) => `2001:db8:${network}:${n.toString(16)}::1`),
  fc.constantFrom("::ffff:198.51.0.7", "::1", "::", "fe80::1%lo", "192.0.2.1", "192.0.2.129", "2001:db8:ffff::5"),
);
const label = fc.oneof(
  address,
  fc.nat(3).map((network) => `2001:db8:${network}::/48`),
);
const size = fc.oneof({ weight: 8, arbitrary: fc.constant(400) }, fc.constantFrom(0, 1, 2_000, 65_507, 65_535));
const octet = fc.oneof({ weight: 8, arbitrary: fc.constantFrom(0x49, 0x52, 0x0d) }, fc.nat(255));

type Step = (gate: Gate, now: number, admit: Gate["admit"]) => unknown;
const step: fc.Arbitrary<readonly [Step, number]> = fc.tuple(
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.tuple(address, size, octet).map(
        ([a, s, o]): Step =>
          (_, now, admit) =>
            admit(now, a, s, o),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(label, fc.nat(5_000)).map(
        ([l, ms]): Step =>
          (g, now) =>
            g.ban(now, l, ms),
      ),
    },
    {
      weight: 1,
      arbitrary: label.map(
        (l): Step =>
          (g) =>
            g.unban(l),
      ),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(address, fc.constantFrom<SourceLevel>(1, 2)).map(
        ([a, level]): Step =>
          (g, now) =>
            g.promote(now, a, level),
      ),
    },
    {
      weight: 1,
      arbitrary: address.map(
        (a): Step =>
          (g, now) =>
            g.demote(now, a),
      ),
    },
    {
      weight: 1,
      arbitrary: fc.nat(4).map(
        (pressure): Step =>
          (g) =>
            g.press(pressure),
      ),
    },
    {
      weight: 1,
      arbitrary: address.map(
        (a): Step =>
          (g, now) =>
            g.admitHelp(now, a),
      ),
    },
    {
      weight: 1,
      arbitrary: address.map(
        (a): Step =>
          (g, now) =>
            g.admitBanned(now, a),
      ),
    },
  ),
  fc.constantFrom(0, 0, 0, 1, 7, 400, 4_000_000),
);
const options: fc.Arbitrary<GateOptions> = fc.record({
  seed: fc.nat(),
  slots: fc.constantFrom(16, 64),
  packetsPerSecond: fc.constantFrom(1, 5, 200),
  strangersPerSecond: fc.constantFrom(20, 2_000, 1_000_000),
  maxSize: fc.constantFrom(1_500, 65_507),
  exempt: fc.constantFrom(blocks("192.0.2.0/25", "2001:db8:ffff::/64"), blocks()),
  denied: fc.constantFrom(blocks("192.0.2.128/25", "198.51.0.3", "2001:db8:1:5::/64"), blocks()),
});

const octets = ({ memory }: Gate): readonly Buffer[] =>
  [memory.table, memory.networks, memory.registers].map((part) => Buffer.from(part));

describe.runIf(loadNative().loaded)("with native code", () => {
  test("both gates answer alike and remember alike, whatever happens", () => {
    fc.assert(
      fc.property(options, fc.array(step, { minLength: 200, maxLength: 400 }), (given, steps) => {
        const [ours, theirs] = [new Gate(given), new Gate(given)];
        const native = nativeGate(theirs);
        if (native === undefined) throw new Error("the gate is not there");
        let now = 0;
        for (const [act, passed] of steps) {
          now += passed;
          const expected = act(ours, now, (...asked) => ours.admit(...asked));
          expect(act(theirs, now, (...asked) => native.admit(...asked))).toEqual(expected);
        }
        for (const [at, part] of octets(ours).entries()) expect(octets(theirs)[at]?.equals(part)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("a block of addresses is the same block for both", () => {
    const cidr = fc
      .tuple(fc.nat(0xff), fc.nat(0xff), fc.constantFrom(8, 15, 16, 24, 32))
      .map(([a, b, prefix]) => `10.${prefix < 16 ? a & 0xfe : a}.${prefix < 24 ? 0 : b}.0/${prefix}`);
    const wide = fc.tuple(fc.nat(0xff), fc.constantFrom(32, 48, 64)).map(([a, p]) => `2001:${a.toString(16)}::/${p}`);
    const asked = fc.oneof(
      fc.tuple(fc.nat(0xff), fc.nat(0xff), fc.nat(2)).map(([a, b, c]) => `10.${a}.${b}.${c}`),
      fc.tuple(fc.nat(0xff), fc.nat(1)).map(([a, b]) => `2001:${a.toString(16)}:0:${b}::9`),
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(cidr, wide), { maxLength: 30 }),
        fc.array(asked, { maxLength: 30 }),
        (texts, all) => {
          const denied = blocks(...texts);
          const native = nativeGate(new Gate({ seed: 1, denied }));
          for (const one of all) expect(native?.admit(0, one, 1, 0x49) === gateVerdict.denied).toBe(denied.has(one));
        },
      ),
    );
  });

  test("what is no address is refused by both, and what follows a reload holds for both", () => {
    const gate = new Gate({ seed: 1 });
    const native = nativeGate(gate);
    for (const text of ["", "nowhere", "1.2.3", "2001:db8::1::2"]) {
      expect(native?.admit(0, text, 1, 0x49)).toBe(gateVerdict.noAddress);
    }
    gate.apply({ denied: blocks("192.0.2.0/24"), packetsPerSecond: 1, burst: 1 });
    native?.refresh();
    expect(native?.admit(0, "192.0.2.9", 1, 0x49)).toBe(gateVerdict.denied);
    expect(native?.admit(0, "192.0.3.9", 1, 0x49)).toBe(gateVerdict.pass);
    expect(native?.admit(0, "192.0.3.9", 1, 0x49)).toBe(gateVerdict.overRate);
    // One table: what C++ took is gone here as well.
    expect(gate.admit(0, "192.0.3.9", 1, 0x49)).toBe(gateVerdict.overRate);
  });
});
