import { expect, test } from "vitest";
import { costOf, loadRates, type Rate } from "./rates.ts";

const file = `# prices of the carrier
currency,EUR
prefix,price,fee,increment
+49,0.01
+4915,0.09,0.02,60/1
+882,9.50,1,60/60
44, 0.0125 ,,30/6
`;

function ratesOf(text: string) {
  const loaded = loadRates(text);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.rates;
}

test("the longest prefix counts, and a number that no line covers has no price", () => {
  const rates = ratesOf(file);
  const prefix = (digits: string) => rates.rateOf(digits)?.prefix;
  expect(rates.currency).toBe("EUR");
  expect([prefix("493012345"), prefix("4915112345"), prefix("4914"), prefix("44"), prefix("4")]).toEqual([
    "49",
    "4915",
    "49",
    "44",
    undefined,
  ]);
  expect(rates.rateOf("882123")).toEqual({ prefix: "882", perMinute: 9_500_000, fee: 1_000_000, first: 60, step: 60 });
});

const mobile: Rate = { prefix: "4915", perMinute: 90_000, fee: 20_000, first: 60, step: 1 };

test.each([
  [0, 110_000],
  [1, 110_000],
  [60_000, 110_000],
  [60_001, 111_500],
  [61_000, 111_500],
  [120_000, 200_000],
])("60/1: %i ms cost %i millionths", (ms, cost) => expect(costOf(mobile, ms)).toBe(cost));

test("each increment that has begun counts whole, and a fraction of a millionth too", () => {
  expect(costOf({ ...mobile, fee: 0, first: 60, step: 60 }, 60_001)).toBe(180_000);
  expect(costOf({ ...mobile, fee: 0, first: 1, step: 1, perMinute: 1 }, 1_000)).toBe(1);
  expect(costOf({ ...mobile, fee: 0, first: 30, step: 6 }, 31_000)).toBe((90_000 * 36) / 60);
});

test("five hundred calls of a week at the highest price that a file may name are added exactly", () => {
  const cost = costOf({ ...mobile, perMinute: 1_000_000_000, fee: 1_000_000_000 }, 7 * 86_400_000);
  expect(Number.isSafeInteger(cost * 500)).toBe(true);
});

test.each([
  ["+49,0.01\n", "1 names no currency"],
  ["currency,Euro\n", "1 is no currency"],
  ["currency,EUR\n+49;0.01\n", "2 begins with no prefix"],
  ["currency,EUR\n+49\n", "2 has no price a minute"],
  ["currency,EUR\n+49,-1\n", "2 has no price a minute"],
  ["currency,EUR\n+49,1e9\n", "2 has no price a minute"],
  ["currency,EUR\n+49,1001\n", "2 has no price a minute"],
  ["currency,EUR\n+49,0.01,x\n", "2 has no readable fee"],
  ["currency,EUR\n+49,0.01,0,60\n", "2 has no readable increment"],
  ["currency,EUR\n+49,0.01,0,60/0\n", "2 has no readable increment"],
  ["currency,EUR\n+49,0.01,0,60/1,EUR\n", "2 has more than four fields"],
  ["currency,EUR\n+49,0.01\n\n49,0.02\n", "4 +49 stands twice"],
  ["currency,EUR\n+1234567890123456,0.01\n", "2 begins with no prefix"],
])("%j is refused with the line and what is wrong", (text, problem) => {
  const loaded = loadRates(text);
  expect(loaded.ok ? [] : loaded.issues.map(({ line, message }) => `${line} ${message}`)).toEqual([problem]);
});

test("a file of another kind is not complained about line by line", () => {
  const loaded = loadRates("{\n".repeat(1_000));
  expect(loaded.ok ? 0 : loaded.issues.length).toBe(20);
});
