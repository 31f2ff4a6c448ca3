/** The rules that stand in TypeScript and in C++: random octets and histories, and both must say the same. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { filterRtcp } from "../rtcp/rtcp-filter.ts";
import { maskSourceDescriptions } from "../rtcp/rtcp-mask.ts";
import {
  classifyRtcp,
  classifyRtp,
  isMuxedRtcp,
  rtcpCompoundFits,
  rtpHeaderLength,
  rtpPaddingFits,
} from "./classify.ts";
import { plainTransport } from "./engine.ts";
import { Latch, type SocketRules } from "./latch.ts";
import { mediaAddon, type NativeTwins } from "./native-addon.ts";
import { CommandBatch } from "./native-commands.ts";

const loaded = mediaAddon();

/** Mostly near to what is well formed: pure noise ends at the first octet. */
const packet = fc
  .record({
    first: fc.oneof(fc.constantFrom(0x80, 0x90, 0xa0, 0xb2, 0x81), fc.nat(255)),
    second: fc.oneof(fc.constantFrom(0, 8, 200, 201, 202, 203, 205, 206, 207), fc.nat(255)),
    rest: fc.uint8Array({ maxLength: 80 }),
  })
  .map(({ first, second, rest }) => Buffer.from([first, second, ...rest]));

/** Parts with lengths that add up. */
const compoundOf = (types: readonly number[]) =>
  fc
    .array(
      fc.record({
        type: fc.constantFrom(...types),
        first: fc.oneof(fc.constantFrom(0x80, 0x81, 0x8f, 0xa0, 0xa1), fc.integer({ min: 0x80, max: 0xbf })),
        words: fc.array(fc.uint8Array({ minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 16 }),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) =>
      Buffer.concat(
        parts.map(({ first, type, words }) =>
          Buffer.from([first, type, 0, words.length, ...words.flatMap((w) => [...w])]),
        ),
      ),
    );

/** Without source descriptions, of which each process makes its own letters. */
const reports = compoundOf([200, 201, 203, 204, 205, 206, 207]);
const compound = compoundOf([200, 201, 202, 203, 204, 205, 206, 207]);

const address = fc.constantFrom("198.51.100.7", "198.51.100.8", "2001:db8::1", "192.0.2.1");
const port = fc.constantFrom(0, 4000, 4001, 61000);
const rules: fc.Arbitrary<SocketRules> = fc.record({
  signalled: fc.option(fc.record({ address, port }), { nil: undefined }),
  sendAtOnce: fc.boolean(),
  learnFrom: fc.array(address, { maxLength: 3 }),
  windowMs: fc.constantFrom(0, 20, 1_000),
  packets: fc.constantFrom(1, 2, 3),
  payloadTypes: fc.option(fc.subarray([0, 8, 96, 101, 127]), { nil: undefined }),
});
const ssrc = fc.constantFrom(1, 2, 0xffff_ffff);
type Step =
  | { readonly kind: "configure"; readonly rules: SocketRules }
  | { readonly kind: "narrow"; readonly address: string; readonly ssrc: number }
  | {
      readonly kind: "arrive";
      readonly address: string;
      readonly port: number;
      readonly ssrc: number;
      readonly type: number;
    };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("configure" as const), rules }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("narrow" as const), address, ssrc }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("arrive" as const),
      address,
      port,
      ssrc,
      type: fc.constantFrom(0, 0x80, 96, 3, 200),
    }),
  },
);

function configureCommand(socket: SocketRules): Buffer {
  const { signalled, payloadTypes, ...rest } = socket;
  const every = Array.from({ length: 128 }, (_, type) => type);
  const batch = new CommandBatch();
  batch.add({
    kind: "configure",
    pair: 1,
    config: {
      ...plainTransport,
      send: true,
      inbound: undefined,
      outbound: undefined,
      latch: {
        ...rest,
        signalled: signalled && { rtp: signalled, rtcp: signalled },
        payloadTypes: payloadTypes ?? every,
      },
    },
  });
  return batch.octets.subarray(0, batch.length);
}

/** What each of the two answers to one history. */
function ours(history: readonly Step[]): unknown[] {
  const latch = new Latch();
  return history.map((one, now) => {
    if (one.kind === "configure") latch.configure(one.rules, now);
    else if (one.kind === "narrow") latch.narrow(one.address, one.ssrc, now);
    const said = one.kind === "arrive" ? [latch.peek(one.address, one.port, now)] : [];
    if (one.kind === "arrive" && said[0] !== 3) said.push(latch.accept(one.address, one.port, one.ssrc, one.type, now));
    return [...said, `${latch.targetAddress} ${latch.targetPort}`];
  });
}

function theirs(twins: NativeTwins, history: readonly Step[]): unknown[] {
  const latch = twins.latch();
  return history.map((one, now) => {
    if (one.kind === "configure") twins.latchConfigure(latch, configureCommand(one.rules), now);
    else if (one.kind === "narrow") twins.latchNarrow(latch, one.address, one.ssrc, now);
    const said = one.kind === "arrive" ? [twins.latchPeek(latch, one.address, one.port, now)] : [];
    if (one.kind === "arrive" && said[0] !== 3)
      said.push(twins.latchAccept(latch, one.address, one.port, one.ssrc, one.type, now));
    return [...said, twins.latchTarget(latch)];
  });
}

describe.skipIf(!loaded.ok)("twins in C++", () => {
  if (!loaded.ok) return;
  const { twins } = loaded.addon;

  test("what a datagram is", () => {
    fc.assert(
      fc.property(fc.oneof(packet, compound), (octets) => {
        const { length } = octets;
        expect(twins.classifyRtp(octets)).toBe(classifyRtp(octets, length));
        expect(twins.classifyRtcp(octets)).toBe(classifyRtcp(octets, length));
        expect(twins.isMuxedRtcp(octets) === 1).toBe(isMuxedRtcp(octets, length));
        expect(twins.rtcpCompoundFits(octets) === 1).toBe(rtcpCompoundFits(octets, length));
        if (length >= 12 && rtpHeaderLength(octets, length) > 0)
          expect(twins.rtpPaddingFits(octets) === 1).toBe(rtpPaddingFits(octets, length));
      }),
      { numRuns: 2_000 },
    );
  });

  test("what of RTCP crosses, octet by octet", () => {
    fc.assert(
      fc.property(reports, fc.boolean(), fc.boolean(), (octets, feedback, reducedSize) => {
        const [one, other] = [Buffer.from(octets), Buffer.from(octets)];
        const length = filterRtcp(one, one.length, { feedback, reducedSize });
        expect(twins.filterRtcp(other, feedback ? 1 : 0, reducedSize ? 1 : 0, 0)).toBe(length);
        if (length > 0) expect(other.subarray(0, length)).toEqual(one.subarray(0, length));
      }),
      { numRuns: 2_000 },
    );
  });

  test("which letters a source description becomes", () => {
    fc.assert(
      fc.property(compound, fc.nat(0xffff_ffff), (octets, seed) => {
        const [one, other] = [Buffer.from(octets), Buffer.from(octets)];
        maskSourceDescriptions(one, one.length, seed);
        twins.mask(other, seed);
        expect(other).toEqual(one);
      }),
      { numRuns: 2_000 },
    );
  });

  test("threat L1: whose packets are taken and where packets go, after any history", () => {
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 60 }), (first, steps) => {
        const history: readonly Step[] = [{ kind: "configure", rules: first }, ...steps];
        expect(theirs(twins, history)).toEqual(ours(history));
      }),
      { numRuns: 1_000 },
    );
  });
});
