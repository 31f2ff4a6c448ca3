import { expect, test } from "vitest";
import { rtcpCompoundFits } from "../engine/classify.ts";
import { maskSourceDescriptions } from "./rtcp-mask.ts";

function item(type: number, text: string): readonly number[] {
  return [type, text.length, ...Buffer.from(text)];
}

/** A receiver report and a source description with these chunks of items. */
function compound(...chunks: readonly (readonly number[])[]): Buffer {
  const report = [0x80, 201, 0, 1, 0, 0, 0, 1];
  const body = chunks.flatMap((items, index) => {
    const chunk = [0, 0, 0, index + 1, ...items, 0];
    while (chunk.length % 4 !== 0) chunk.push(0);
    return chunk;
  });
  return Buffer.from([...report, 0x80 | chunks.length, 202, 0, body.length / 4, ...body]);
}

function masked(packet: Buffer, seed = 7): Buffer {
  const copy = Buffer.from(packet);
  maskSourceDescriptions(copy, copy.length, seed);
  return copy;
}

test("names and addresses in source descriptions become letters, everything else stays", () => {
  const packet = compound(item(1, "1002@10.0.0.5"), [...item(1, "1003@10.0.0.5"), ...item(6, "MSS 10.0.0.5")]);
  const crossed = masked(packet);
  expect(crossed.toString("latin1")).not.toContain("10.0.0.5");
  expect(crossed.toString("latin1")).not.toContain("100");
  expect(crossed).toHaveLength(packet.length);
  expect(rtcpCompoundFits(crossed, crossed.length)).toBe(true);
  expect(crossed.subarray(0, 16)).toEqual(packet.subarray(0, 16));
});

test("one CNAME is one name afterwards, two are two, another process writes others", () => {
  const name = (text: string, seed?: number): string =>
    masked(compound(item(1, text)), seed)
      .toString("latin1")
      .slice(18, 18 + text.length);
  expect(name("1002@10.0.0.5")).toBe(name("1002@10.0.0.5"));
  expect(name("1002@10.0.0.5")).not.toBe(name("1003@10.0.0.5"));
  expect(name("1002@10.0.0.5")).not.toBe(name("1002@10.0.0.5", 8));
});

test("lengths that lie never lead out of the packet", () => {
  const packet = compound(item(1, "1002@10.0.0.5"));
  for (let at = 8; at < packet.length; at++) {
    for (const value of [0, 1, 31, 127, 255]) {
      const broken = Buffer.from(packet);
      broken[at] = value;
      const inside = Buffer.concat([broken, Buffer.alloc(64, 0x55)]);
      maskSourceDescriptions(inside.subarray(0, packet.length), packet.length);
      expect(inside.subarray(packet.length).every((octet) => octet === 0x55)).toBe(true);
    }
  }
});

test("packets without a source description are left alone", () => {
  const report = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 1]);
  expect(masked(report)).toEqual(report);
});
