import { expect, test } from "vitest";
import { FirstRecord } from "./first-record.ts";

const record = Buffer.from([0x16, 3, 1, 0, 4, 1, 0, 0, 0]);
const fed = (...chunks: readonly Buffer[]) => {
  const first = new FirstRecord();
  return { said: chunks.map((chunk) => first.push(chunk)), octets: first.octets };
};

test("a record is whole with its last octet, however it comes", () => {
  expect(fed(record).said).toEqual(["whole"]);
  const octets = Array.from(record, (octet) => Buffer.from([octet]));
  const { said, octets: kept } = fed(...octets);
  expect(said).toEqual([...Array.from({ length: 8 }, () => "more"), "whole"]);
  expect(kept).toEqual(record);
});

test("what follows the record is kept", () => {
  const more = Buffer.concat([record, Buffer.from("next")]);
  expect(fed(more)).toEqual({ said: ["whole"], octets: more });
});

test("SIP in the clear, SSL 2.0, another version and impossible lengths are no TLS", () => {
  for (const octets of [
    [...Buffer.from("REGISTER")],
    [0x80, 0x2e, 1, 3, 1],
    [0x16, 2],
    [0x16, 3, 1, 0, 0],
    [0x16, 3, 1, 0x40, 1],
  ]) {
    expect(fed(Buffer.from(octets)).said).toEqual(["alien"]);
  }
});
