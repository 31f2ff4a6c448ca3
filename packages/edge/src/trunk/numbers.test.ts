import { expect, test } from "vitest";
import { calledByCarrier, carrierNumber, plainDigits } from "./numbers.ts";

const germany = {
  format: "e164",
  countryCode: "49",
  internationalPrefix: "00",
  nationalPrefix: "0",
  techPrefix: "",
  userPhone: false,
} as const;
const america = { ...germany, countryCode: "1", internationalPrefix: "011", nationalPrefix: "1" };

test.each([
  ["0301234567", "+49301234567"],
  ["00441632960000", "+441632960000"],
  ["+49 30".replace(" ", ""), "+4930"],
  ["+49-(30)-12.34", "+49301234"],
  ["116117", "116117"],
  ["*21#", "*21#"],
  ["anonymous", "anonymous"],
])("%s is %s in E.164", (dialled, number) => {
  expect(carrierNumber(germany, dialled)).toBe(number);
});

test.each([
  ["+49301234567", "0301234567"],
  ["0301234567", "0301234567"],
  ["+441632960000", "00441632960000"],
  ["116117", "116117"],
])("%s is %s in national form", (dialled, number) => {
  expect(carrierNumber({ ...germany, format: "national" }, dialled)).toBe(number);
});

test("North America: 011 goes abroad, 1 is long distance", () => {
  expect(carrierNumber(america, "01149301234567")).toBe("+49301234567");
  expect(carrierNumber(america, "12125550100")).toBe("+12125550100");
});

test("as-is changes nothing but what the technical prefix adds to called numbers", () => {
  const rules = { ...germany, format: "as-is", techPrefix: "9911#" } as const;
  expect(carrierNumber(rules, "030-12")).toBe("030-12");
  expect(calledByCarrier(rules, "03012")).toBe("9911#03012");
});

test("digits of other alphabets, escapes and a plus in the middle are no number", () => {
  for (const text of ["٠٣٠", "1%32", "1+2", "", "+", "--", " 1"])
    expect([text, plainDigits(text)]).toEqual([text, undefined]);
});
