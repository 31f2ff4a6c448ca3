import { expect, test } from "vitest";
import { conventionOf } from "./convention.ts";
import { readDialled } from "./dialled.ts";

function reading(text: string, country?: string): readonly string[] {
  const { form, world, others } = readDialled(text, conventionOf(country));
  return [form, world?.e164 ?? "-", ...others.map(({ e164 }) => e164)];
}

test.each([
  ["+49 is written out", "+4930123456", undefined, ["international", "4930123456"]],
  ["separators", "+49(30)12-34.56", undefined, ["international", "4930123456"]],
  ["00 where nobody said where this is", "004930123456", undefined, ["international", "4930123456"]],
  ["011 where nobody said where this is", "0114930123456", undefined, ["international", "4930123456"]],
  ["0011 in Australia", "00114930123456", "AU", ["international", "4930123456"]],
  ["a national number", "030123456", "DE", ["national", "4930123456"]],
  ["ten digits in North America", "2125551234", "US", ["national", "12125551234"]],
  ["eleven digits in North America", "12125551234", "US", ["national", "12125551234"]],
  ["no prefix in Spain", "912345678", "ES", ["national", "34912345678"]],
  ["the zero that Italy keeps", "0612345678", "IT", ["national", "390612345678"]],
  ["Turin, not somebody abroad", "01188212345", "IT", ["national", "3901188212345"]],
  ["an extension", "600", "DE", ["local", "-"]],
  ["a national number of nobody's country", "030123456", undefined, ["local", "-"]],
  ["an emergency number", "112", "DE", ["local", "-"]],
  ["a name", "alice", "DE", ["name", "-"]],
  ["nobody", "", "DE", ["none", "-"]],
] as const)("%s: read in one way", (_, text, country, expected) => {
  expect(reading(text, country)).toEqual(expected);
});

test.each([
  ["a plus before what is dialled", "+00881612345678", "US", "881612345678"],
  ["digits with country code and no plus", "881612345678", "DE", "881612345678"],
  ["the prefix of another place", "011881612345678", "DE", "881612345678"],
  ["a service code", "*31#00881612345678", "DE", "881612345678"],
  ["a service code without an end", "*6700881612345678", "US", "881612345678"],
  ["the context of a local number", "612345678;phone-context=+881", "DE", "881612345678"],
  ["a zero in brackets", "+49(0)9001123456", undefined, "499001123456"],
  ["a national number without its prefix", "9001123456", "DE", "499001123456"],
  ["text around digits", "x-881612345678,1", undefined, "8816123456781"],
  ["a plus inside", "00+881612345678", "DE", "881612345678"],
] as const)("%s: could be another number, and that one is known", (_, text, country, other) => {
  const [, , ...others] = reading(text, country);
  const { world } = readDialled(text, conventionOf(country));
  expect([world?.e164, ...others]).toContain(other);
});

test("what is dialled is kept without separators and parameters", () => {
  expect(readDialled("+49(30)12;isub=4", conventionOf("DE")).dialled).toBe("+493012");
  expect(readDialled("anna;x=1", conventionOf("DE")).dialled).toBe("anna");
});

test("a thousand digits and a thousand separators are read in a bounded number of ways (threat L13)", () => {
  expect(readDialled("1".repeat(1_000), conventionOf("DE")).others.length).toBeLessThanOrEqual(12);
  expect(readDialled("0".repeat(1_000), conventionOf("US")).others.length).toBeLessThanOrEqual(12);
  expect(readDialled("*#".repeat(500), conventionOf(undefined)).others).toEqual([]);
  expect(readDialled(`${"(".repeat(1_000)}1`, conventionOf(undefined)).dialled).toBe("1");
});
