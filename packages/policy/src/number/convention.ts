/** How numbers are dialled at one place: at the phones, or between the PBX and one carrier. */
import type { TrunkNumbers } from "../config/config.ts";
import { isOneOf } from "../config/leaf.ts";
import type { DigitAutomaton } from "./digit-automaton.ts";
import { habitsOf, mainCountryOf, prefixPattern } from "./plan.ts";

export interface Convention {
  /** Undefined: nobody said where this is. */
  readonly country: string | undefined;
  /** Of the country, without plus; empty where it is not known. */
  readonly callingCode: string;
  /** Fits the digits before a number abroad. */
  readonly international: DigitAutomaton<boolean> | undefined;
  /** Before a number of the same country; empty: there is none. */
  readonly nationalPrefix: string;
  /** A whole national number is dialled as it is, as in Italy or North America. */
  readonly bareNational: boolean;
}

/** Where nobody said which country this is: `00` and `011` are for abroad, whatever else is dialled is not known. */
const anywhere: Convention = {
  country: undefined,
  callingCode: "",
  international: prefixPattern("00|011"),
  nationalPrefix: "",
  bareNational: false,
};

export function conventionOf(country: string | undefined): Convention {
  const habits = country === undefined ? undefined : habitsOf(country);
  if (habits === undefined) return anywhere;
  const { callingCode, internationalPrefix: international, nationalPrefix } = habits;
  return { country, callingCode, international, nationalPrefix, bareNational: isBare(callingCode, nationalPrefix) };
}

/** As `trunks[].numbers` says; without a `country_code` there, as the phones dial. */
export function trunkConvention(rules: TrunkNumbers, phones: Convention): Convention {
  const { countryCode, internationalPrefix, nationalPrefix } = rules;
  const country = mainCountryOf(countryCode);
  if (country === undefined) return phones;
  return {
    country,
    callingCode: countryCode,
    international: isOneOf(internationalPrefix, "0123456789") ? prefixPattern(internationalPrefix) : undefined,
    nationalPrefix,
    bareNational: isBare(countryCode, conventionOf(country).nationalPrefix),
  };
}

/** In North America the 1 before a national number may be left out. */
function isBare(callingCode: string, nationalPrefix: string): boolean {
  return nationalPrefix === "" || callingCode === "1";
}
