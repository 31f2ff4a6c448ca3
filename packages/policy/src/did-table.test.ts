import { expect, test } from "vitest";
import { didTable } from "./did-table.ts";

const german = { countryCode: "49", internationalPrefix: "00", nationalPrefix: "0" };
const american = { countryCode: "1", internationalPrefix: "011", nationalPrefix: "1" };
const unknown = { countryCode: "", internationalPrefix: "00", nationalPrefix: "0" };

test.each([
  ["a number", "+4930123", ["+4930123", "4930123", "+49-30.123"], ["+4930124", "+49301234", "493012", "", "anonymous"]],
  ["one digit", "+49301??", ["+4930100", "4930199"], ["+493010", "+49301000", "+49301a0", "+49301*0"]],
  ["any rest", "+4930*", ["+4930", "+493012345"], ["+4931", "493"]],
  [
    "a range",
    "+4930100-+4930149",
    ["+4930100", "4930149", "+4930125"],
    ["+4930150", "+4930099", "+49301001", "+493012"],
  ],
  ["a local range", "100-102", ["100", "102"], ["103", "99", "1000"]],
] as const)("%s", (_what, pattern, inside, outside) => {
  const has = didTable([pattern], unknown);
  for (const number of inside) expect([number, has(number)]).toEqual([number, true]);
  for (const number of outside) expect([number, has(number)]).toEqual([number, false]);
});

test("a number delivered in national or dialled form is the same number", () => {
  expect(["030123", "004930123", "4930123", "+4930123"].map(didTable(["+4930123"], german))).toEqual(
    Array(4).fill(true),
  );
  expect(["15550100", "+15550100", "01115550100"].map(didTable(["+15550100"], american))).toEqual(Array(3).fill(true));
  // A plus says that it is whole already; without the country there is nothing to make it whole with.
  expect(didTable(["+4930123"], german)("+030123")).toBe(false);
  expect(didTable(["+4930123"], unknown)("030123")).toBe(false);
  expect(didTable(["+4930123"], german)("031123")).toBe(false);
});

test("nothing is in an empty table, and ten thousand numbers are found as fast as one", () => {
  expect(didTable([], german)("100")).toBe(false);
  const has = didTable(
    Array.from({ length: 10_000 }, (_, i) => `+49301${String(i).padStart(5, "0")}`),
    german,
  );
  expect([has("+4930109999"), has("+4930110000")]).toEqual([true, false]);
});
