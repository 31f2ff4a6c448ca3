import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rtcpCompoundFits } from "../engine/classify.ts";
import { badCompound, filterRtcp, type RtcpRules } from "./rtcp-filter.ts";

const strict: RtcpRules = { feedback: false, reducedSize: false };
const open: RtcpRules = { feedback: true, reducedSize: true };

/** A part of that type: count, then whole words of body. */
function part(type: number, count: number, body: Buffer | readonly number[]): Buffer {
  const octets = Buffer.from(body);
  return Buffer.concat([Buffer.from([0x80 | count, type, 0, octets.length / 4]), octets]);
}

const zeros = (octets: number): Buffer => Buffer.alloc(octets, 7);
const report = part(201, 1, zeros(28));

function crossing(rules: RtcpRules, ...parts: readonly Buffer[]): Buffer | number {
  const packet = Buffer.concat(parts);
  const length = filterRtcp(packet, packet.length, rules);
  return length <= 0 ? length : packet.subarray(0, length);
}

describe("what crosses", () => {
  test.each([
    ["a report", report, report],
    ["a sender report", part(200, 0, zeros(24)), part(200, 0, zeros(24))],
    ["behind the blocks nothing", part(201, 1, zeros(40)), report],
    ["behind the blocks of a sender report nothing", part(200, 0, zeros(36)), part(200, 0, zeros(24))],
  ])("%s", (_name, sent, expected) => {
    expect(crossing(strict, sent)).toEqual(expected);
  });

  test("a goodbye without its reason", () => {
    const reason = Buffer.from("\x0bbo@10.0.0.5", "latin1");
    expect(crossing(strict, report, part(203, 1, Buffer.concat([zeros(4), reason])))).toEqual(
      Buffer.concat([report, part(203, 1, zeros(4))]),
    );
  });

  test("a source description as letters", () => {
    const chunk = Buffer.concat([zeros(4), Buffer.from("\x01\x0dbob@10.0.0.51\0", "latin1")]);
    const crossed = crossing(strict, report, part(202, 1, chunk)) as Buffer;
    expect(crossed).toHaveLength(report.length + 4 + chunk.length);
    expect(crossed.toString("latin1")).not.toContain("10.0.0.5");
  });

  test("padding is taken off", () => {
    const padded = part(201, 1, Buffer.concat([zeros(28), Buffer.from([0, 0, 0, 4])]));
    padded[0] = 0xa1;
    expect(crossing(strict, padded)).toEqual(report);
  });
});

describe("what stays", () => {
  test.each([
    ["APP", 204, 0],
    ["full intra request of RFC 2032", 192, 0],
    ["a type nobody has heard of", 210, 0],
    ["a goodbye of nobody", 203, 0],
  ])("%s, alone or in company", (_name, type, count) => {
    const body = type === 203 ? [] : zeros(12);
    expect(crossing(open, part(type, count, body))).toBe(0);
    expect(crossing(open, report, part(type, count, body), report)).toEqual(Buffer.concat([report, report]));
  });

  test("feedback, unless it was negotiated", () => {
    const nack = part(205, 1, zeros(12));
    expect(crossing(strict, report, nack)).toEqual(report);
    expect(crossing({ ...strict, feedback: true }, report, nack)).toEqual(Buffer.concat([report, nack]));
  });

  test("RFC 4585 §6.3.1, RFC 5104 §4.3.1: but not a request for a whole picture, which a leg without feedback ignores at most", () => {
    const [pli, fir] = [part(206, 1, zeros(8)), part(206, 4, zeros(16))];
    const [slices, reference] = [part(206, 2, zeros(12)), part(206, 3, zeros(12))];
    expect(crossing(strict, report, pli, slices, fir, reference)).toEqual(Buffer.concat([report, pli, fir]));
  });

  test("feedback formats that are not on the list, and application feedback but for REMB", () => {
    const remb = part(206, 15, Buffer.concat([zeros(8), Buffer.from("REMB"), zeros(8)]));
    const other = part(206, 15, Buffer.concat([zeros(8), Buffer.from("SECR"), zeros(8)]));
    expect(crossing(open, report, remb, other, part(205, 9, zeros(8)))).toEqual(Buffer.concat([report, remb]));
  });

  test("RFC 5506: a packet without a report at its head, unless it was negotiated", () => {
    const pli = part(206, 1, zeros(8));
    expect(crossing({ feedback: true, reducedSize: false }, pli)).toBe(0);
    expect(crossing(open, pli)).toEqual(pli);
  });

  test("blocks of extended reports that are not in RFC 3611", () => {
    const voip = Buffer.concat([Buffer.from([7, 0, 0, 8]), zeros(32)]);
    const unknown = Buffer.concat([Buffer.from([99, 0, 0, 1]), zeros(4)]);
    const sent = part(207, 0, Buffer.concat([zeros(4), unknown, voip, unknown]));
    expect(crossing(strict, report, sent)).toEqual(
      Buffer.concat([report, part(207, 0, Buffer.concat([zeros(4), voip]))]),
    );
    expect(crossing(strict, report, part(207, 0, Buffer.concat([zeros(4), unknown])))).toEqual(report);
  });
});

describe("what contradicts itself is dropped whole", () => {
  const padded = (count: number, ...after: readonly Buffer[]): Buffer => {
    const first = part(201, 1, Buffer.concat([zeros(28), Buffer.from([0, 0, 0, count])]));
    first[0] = 0xa1;
    return Buffer.concat([first, ...after]);
  };
  test.each([
    ["padding that is no whole word", padded(3)],
    ["padding longer than its part", padded(36)],
    ["padding in the middle", padded(4, report)],
    ["more report blocks than there are", part(201, 2, zeros(28))],
    ["a sender report without its head", part(200, 0, zeros(8))],
    ["more sources than there are", part(203, 3, zeros(4))],
    ["a block longer than its report", part(207, 0, Buffer.concat([zeros(4), Buffer.from([7, 0, 0, 8])]))],
  ])("%s", (_name, packet) => {
    expect(crossing(open, packet)).toBe(badCompound);
  });
});

test("whatever a compound packet holds, what crosses is one, no longer, and nothing outside of it is touched", () => {
  const types = fc.constantFrom(192, 200, 201, 202, 203, 204, 205, 206, 207, 208);
  const body = fc.uint8Array({ maxLength: 60 }).map((octets) => octets.subarray(0, octets.length & ~3));
  const parts = fc.array(fc.tuple(fc.integer({ min: 0, max: 63 }), types, body), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(parts, fc.boolean(), (list, feedback) => {
      const sent = Buffer.concat(list.map(([count, type, octets]) => part(type, count, Buffer.from(octets))));
      const inside = Buffer.concat([sent, Buffer.alloc(64, 0x55)]);
      const length = filterRtcp(inside, sent.length, { feedback, reducedSize: true });
      expect(length).toBeLessThanOrEqual(sent.length);
      expect(inside.subarray(sent.length).every((octet) => octet === 0x55)).toBe(true);
      if (length > 0) expect(rtcpCompoundFits(inside, length)).toBe(true);
    }),
  );
});
