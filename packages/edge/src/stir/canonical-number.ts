/** Numbers as a token holds them (RFC 8224 §8.3): digits with country code, no plus, nothing to look at. */
import type { TrunkNumbers } from "@ringfence/policy";
import { carrierNumber } from "../trunk/numbers.ts";

type Rules = Pick<TrunkNumbers, "countryCode" | "internationalPrefix" | "nationalPrefix" | "techPrefix" | "userPhone">;

/** E.164 has fifteen digits; a carrier's prefix may stand before them. */
const MAX_DIGITS = 32;

/** §8.3 step 1: only digits, `#` and `*` are left. Undefined: there is something in it that no number has. */
export function canonicalDigits(text: string): string | undefined {
  let digits = "";
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if ((character >= "0" && character <= "9") || character === "*" || character === "#") digits += character;
    else if (character === ";" && digits !== "") break;
    else if (!(character === "+" && at === 0) && !"-.() ".includes(character)) return undefined;
  }
  return digits === "" || digits.length > MAX_DIGITS ? undefined : digits;
}

/** §8.3 step 2: a number as it is dialled here gets its country code, where the trunk's configuration says what it is. */
export function canonicalNumber(text: string, rules: Rules | undefined): string | undefined {
  const digits = canonicalDigits(text);
  if (digits === undefined || rules === undefined || rules.countryCode === "" || text.startsWith("+")) return digits;
  return canonicalDigits(carrierNumber({ ...rules, format: "e164" }, digits));
}
