import { expect, test } from "vitest";
import { FrameWatch } from "./frame-watch.ts";

const mask = [1, 2, 3, 4];
const text = (final: boolean, length: number): number[] => [
  final ? 0x81 : 0x01,
  ...(length < 126 ? [0x80 | length] : [0xfe, length >> 8, length & 0xff]),
  ...mask,
  ...Array.from({ length }, () => 0x41),
];
const last = [0x80, 0x81, ...mask, 0x41];
const ping = [0x89, 0x82, ...mask, 0x41, 0x41];

test.each([
  ["a short message", text(true, 5), true, false],
  ["an empty message says nothing", text(true, 0), false, false],
  ["a keep-alive says nothing", text(true, 4), false, false],
  ["a long message", text(true, 300), true, false],
  ["a ping alone is no message", ping, false, false],
  ["half a ping", ping.slice(0, 3), false, true],
  ["a first fragment", text(false, 5), false, true],
  ["a ping among fragments ends nothing", [...text(false, 5), ...ping], false, true],
  ["fragments to the last", [...text(false, 5), ...ping, ...last], true, false],
  ["a message and the start of the next", [...text(true, 5), 0x81], true, true],
])("%s, in one piece and octet by octet", (_name, octets, whole, partial) => {
  const watch = new FrameWatch();
  expect([watch.push(Uint8Array.from(octets)), watch.partial]).toEqual([whole, partial]);
  const slowly = new FrameWatch();
  const ended = octets.map((octet) => slowly.push(Uint8Array.of(octet)));
  expect([ended.includes(true), slowly.partial]).toEqual([whole, partial]);
});

test("a length of 64 bits is skipped as far as it goes, and never believed to be over", () => {
  const watch = new FrameWatch();
  watch.push(Uint8Array.of(0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...mask));
  expect([watch.push(new Uint8Array(70_000)), watch.partial]).toEqual([false, true]);
});
