import fc from "fast-check";
import { expect, test } from "vitest";
import { type Cidr, cidrsOverlap, parseCidr } from "./cidr.ts";
import { PrefixSet } from "./prefix-map.ts";

function block(text: string): Cidr {
  const value = parseCidr(text);
  if (typeof value === "string") throw new Error(`${text}: ${value}`);
  return value;
}

function setOf(...texts: readonly string[]): PrefixSet {
  return new PrefixSet(texts.map(block));
}

test("a block holds its first and last address and neither neighbour", () => {
  const set = setOf("192.0.2.64/26", "2001:db8:1::/48");
  expect(
    ["192.0.2.64", "192.0.2.127", "2001:db8:1::", "2001:db8:1:ffff:ffff:ffff:ffff:ffff"].every((ip) => set.has(ip)),
  ).toBe(true);
  expect(["192.0.2.63", "192.0.2.128", "2001:db8:0:ffff::", "2001:db8:2::"].some((ip) => set.has(ip))).toBe(false);
});

test("an IPv4 block holds the same hosts seen through an IPv6 socket, and the other way round", () => {
  expect(setOf("10.0.0.0/8").has("::ffff:10.1.2.3")).toBe(true);
  expect(setOf("::ffff:10.0.0.0/104").has("10.1.2.3")).toBe(true);
  expect(setOf("10.0.0.0/8").has("::10.1.2.3")).toBe(false);
});

test("the whole of each family is a block, and does not hold the other family", () => {
  expect(setOf("0.0.0.0/0").has("255.255.255.255")).toBe(true);
  expect(setOf("0.0.0.0/0").has("2001:db8::1")).toBe(false);
  expect(setOf("::/0").has("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).toBe(true);
  expect(setOf("::/0").has("192.0.2.1")).toBe(false);
});

test("what is no address is in no block", () => {
  const set = setOf("0.0.0.0/0", "::/0");
  expect(["", "010.0.0.1", "nowhere", "1.2.3", "::1%eth0"].some((text) => set.has(text))).toBe(false);
});

test("nested and doubled blocks count once", () => {
  const set = setOf("10.0.0.0/8", "10.1.0.0/16", "10.0.0.0/8", "10.255.255.255", "11.0.0.0/8");
  expect(set.size).toBe(2);
  expect(set.has("10.255.255.255")).toBe(true);
  expect(set.has("12.0.0.0")).toBe(false);
});

test("a set answers like a walk over its blocks", () => {
  const cidr = fc.tuple(fc.nat(0xffffffff), fc.integer({ min: 0, max: 32 })).map(([value, prefix]) => {
    const kept = prefix === 0 ? 0 : (value & (0xffffffff << (32 - prefix))) >>> 0;
    return `${[24, 16, 8, 0].map((shift) => (kept >>> shift) & 255).join(".")}/${prefix}`;
  });
  fc.assert(
    fc.property(
      fc.array(cidr, { maxLength: 40 }),
      fc.array(fc.ipV4(), { minLength: 1, maxLength: 20 }),
      (texts, ips) => {
        const blocks = texts.map(block);
        const set = new PrefixSet(blocks);
        for (const ip of ips) expect(set.has(ip)).toBe(blocks.some((one) => cidrsOverlap(one, block(ip))));
      },
    ),
  );
});

test("an IPv6 set answers like a walk over its blocks", () => {
  const cidr = fc.tuple(fc.nat(0xffff), fc.nat(0xffff), fc.constantFrom(16, 32)).map(([a, b, prefix]) => {
    return prefix === 16 ? `${a.toString(16)}::/16` : `${a.toString(16)}:${b.toString(16)}::/32`;
  });
  const near = fc.tuple(fc.nat(0xffff), fc.nat(0xffff)).map(([a, b]) => `${a.toString(16)}:${b.toString(16)}::1`);
  fc.assert(
    fc.property(fc.array(cidr, { maxLength: 40 }), near, (texts, ip) => {
      const blocks = texts.map(block);
      expect(new PrefixSet(blocks).has(ip)).toBe(blocks.some((one) => cidrsOverlap(one, block(ip))));
    }),
  );
});

test("a block is refused when it does not say exactly one thing", () => {
  const cases = [
    ["10.0.0.5/8", "host-bits"],
    ["2001:db8::1/32", "host-bits"],
    ["10.0.0.0/33", "prefix"],
    ["10.0.0.0/", "prefix"],
    ["10.0.0.0/08", "prefix"],
    ["10.0.0.0/-1", "prefix"],
    ["10.0.0.0/8/8", "prefix"],
    ["::/129", "prefix"],
    ["::ffff:10.0.0.0/64", "prefix"],
    ["010.0.0.0/8", "address"],
    ["10.0.0/8", "address"],
    ["", "address"],
  ];
  for (const [text, failure] of cases) expect([text, parseCidr(text ?? "")]).toEqual([text, failure]);
});
