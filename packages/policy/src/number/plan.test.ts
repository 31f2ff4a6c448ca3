import {
  getExampleNumber,
  isSupportedCountry,
  type PhoneNumber,
  parsePhoneNumberFromString,
} from "libphonenumber-js/max";
import metadata from "libphonenumber-js/metadata.max.json";
import examples from "libphonenumber-js/mobile/examples";
import { expect, test } from "vitest";
import { callingCodeOf, factsOf, habitsOf, isCountry, mainCountryOf } from "./plan.ts";

const words: Readonly<Record<string, string>> = {
  FIXED_LINE: "fixed",
  MOBILE: "mobile",
  FIXED_LINE_OR_MOBILE: "fixed-or-mobile",
  TOLL_FREE: "toll-free",
  PREMIUM_RATE: "premium",
  SHARED_COST: "shared-cost",
  PERSONAL_NUMBER: "personal",
  UAN: "company",
  VOIP: "voip",
  PAGER: "pager",
  VOICEMAIL: "voicemail",
};

/** Where a plan lists no mobile numbers, they say that its fixed ones could be; to us they are fixed. */
function typeOf(theirs: PhoneNumber | undefined): string | undefined {
  const type = words[theirs?.getType() ?? ""];
  const rows: Readonly<Record<string, readonly unknown[]>> = metadata.countries as never;
  const types = rows[theirs?.country ?? ""]?.[11];
  return type === "fixed-or-mobile" && Array.isArray(types) && !types[1] ? "fixed" : type;
}

test("every country's plan is read, and knows its own mobile numbers as libphonenumber does", () => {
  const countries = Object.keys(metadata.countries).filter((name) => isSupportedCountry(name));
  expect(countries.length).toBeGreaterThan(240);
  for (const country of countries) {
    const example = getExampleNumber(country, examples);
    if (example === undefined) throw new Error(`no example for ${country}`);
    const digits = example.number.slice(1);
    // The islands of Aland have numbers of Finland.
    const theirs = parsePhoneNumberFromString(example.number);
    expect([country, factsOf(digits)]).toEqual([
      country,
      { country: theirs?.country, type: typeOf(theirs), complete: true },
    ]);
  }
});

test("numbers drawn at random have the country and the type that libphonenumber gives them", () => {
  let seed = 20_261_122;
  const digit = (): string => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return String(Math.floor((seed / 2_147_483_648) * 10));
  };
  let known = 0;
  for (const code of Object.keys(metadata.country_calling_codes)) {
    for (let round = 0; round < 20; round++) {
      const digits = code + Array.from({ length: 7 + (round % 5) }, digit).join("");
      const theirs = parsePhoneNumberFromString(`+${digits}`);
      // What is valid for them: of the rest we say more, because a switch takes the digits it needs and leaves the rest.
      if (theirs?.isValid() !== true || theirs.number !== `+${digits}`) continue;
      known++;
      expect([digits, factsOf(digits)]).toEqual([
        digits,
        { country: theirs.country, type: typeOf(theirs), complete: true },
      ]);
    }
  }
  expect(known).toBeGreaterThan(300);
});

test.each([
  ["881612345678", "881", "satellite"],
  ["870776123456", "870", "satellite"],
  ["88216123456", "882", "satellite"],
  ["883510012345", "883", "voip"],
  ["979123456789", "979", "premium"],
  ["80012345678", "800", "toll-free"],
  ["19005551234", "US", "premium"],
  ["18765551234", "JM", "mobile"],
  ["999123456", undefined, "unknown"],
  ["", undefined, "unknown"],
])("%s belongs to %s and is %s", (digits, country, type) => {
  expect(factsOf(digits)).toMatchObject({ country, type });
});

test("digits behind a number that costs do not make it another", () => {
  expect(factsOf("499001123456").type).toBe("premium");
  expect(factsOf("4990011234560000")).toMatchObject({ type: "premium", country: "DE", complete: false });
  expect(factsOf("1900555123499999999999999999").type).toBe("premium");
});

test("what is no digit ends in nothing", () => {
  expect(factsOf("49*30123456")).toEqual({ country: "DE", type: "unknown", complete: false });
  expect(callingCodeOf("#31")).toBeUndefined();
});

test("names of object members are no countries and no calling codes (threat L13)", () => {
  expect(["constructor", "__proto__", "toString"].map(isCountry)).toEqual([false, false, false]);
  expect(habitsOf("constructor")).toBeUndefined();
  expect(mainCountryOf("")).toBeUndefined();
});
