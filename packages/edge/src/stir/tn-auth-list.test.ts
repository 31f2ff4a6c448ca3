import { expect, test } from "vitest";
import { tnAuthList } from "../../../../test/support/stir.ts";
import { mayClaim, readTnAuthList } from "./tn-auth-list.ts";

test("providers, ranges and numbers are read (RFC 8226 §9)", () => {
  const list = tnAuthList([
    ["spc", "709J"],
    ["range", "12155551200", 100],
    ["one", "12155559999"],
  ]);
  expect(readTnAuthList(list)).toEqual([
    { kind: "provider", code: "709J" },
    { kind: "range", start: "12155551200", count: 100 },
    { kind: "range", start: "12155559999", count: 1 },
  ]);
});

test.each([
  [[["one", "4930"]], "4930", true],
  [[["one", "4930"]], "49301", false],
  [[["one", "4930"]], "04930", false],
  [[["range", "49300", 10]], "49300", true],
  [[["range", "49300", 10]], "49309", true],
  [[["range", "49300", 10]], "49310", false],
  [[["range", "49300", 10]], "49299", false],
  [[["range", "49300", 10]], "493005", false],
  [[["one", "*69"]], "*69", true],
  [[["range", "#30", 10]], "#31", false],
  [[["spc", "1"]], "anything", true],
] as const)("%j may claim %s: %s", (entries, number, may) => {
  const read = readTnAuthList(tnAuthList(entries));
  expect(read !== undefined && mayClaim(read, number)).toBe(may);
});

test.each([
  ["nothing", Buffer.alloc(0)],
  ["an empty list", tnAuthList([])],
  ["something behind it", Buffer.concat([tnAuthList([["one", "4930"]]), Buffer.of(0)])],
  ["a cut one", tnAuthList([["one", "4930"]]).subarray(0, -1)],
  ["letters", tnAuthList([["one", "49a0"]])],
  ["more than fifteen digits", tnAuthList([["one", "1234567890123456"]])],
  ["a negative count", tnAuthList([["range", "4930", -1]])],
  [
    "one right and one wrong",
    tnAuthList([
      ["one", "4930"],
      ["one", ""],
    ]),
  ],
  ["an indefinite length", Buffer.of(0x30, 0x80, 0, 0)],
  ["a length of four octets", Buffer.of(0x30, 0x84, 0, 0, 0, 0)],
])("%s is no list", (_name, octets) => {
  expect(readTnAuthList(octets)).toBeUndefined();
});
