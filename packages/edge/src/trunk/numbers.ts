/** Numbers as a carrier wants them. What is no number (names, service codes) stays as it is. */
import { plainNumber, type TrunkNumbers } from "@ringfence/policy";

type Rules = Pick<
  TrunkNumbers,
  "format" | "countryCode" | "internationalPrefix" | "nationalPrefix" | "techPrefix" | "userPhone"
>;

/** The digits of a number without visual separators (RFC 3966 §3), a leading plus kept; undefined for anything else. */
export function plainDigits(text: string): string | undefined {
  let digits = "";
  for (const [place, character] of [...text].entries()) {
    if (character >= "0" && character <= "9") digits += character;
    else if (character === "+" && place === 0) digits += character;
    else if (!"-.()".includes(character)) return undefined;
  }
  return digits === "" || digits === "+" ? undefined : digits;
}

/**
 * A dialled number as the policy read it, without separators and parameters, a leading plus kept: who is asked and who
 * carries it out see the same one (threat number spellings). What is no number stays as it is.
 */
export function asJudged(user: string): string {
  const plain = plainNumber(user);
  if (plain === undefined) return user;
  return user.startsWith("+") ? `+${plain}` : plain;
}

/** A number without the parameters that may stand behind it: `verstat` and its like are claims of who sent them. */
export function withoutParameters(user: string): string {
  const semicolon = user.indexOf(";");
  const number = semicolon < 0 ? user : user.slice(0, semicolon);
  return plainDigits(number) === undefined ? user : number;
}

/** A caller's or forwarder's number in the carrier's form. */
export function carrierNumber(rules: Rules, text: string): string {
  const number = plainDigits(text);
  if (rules.format === "as-is" || number === undefined) return text;
  const full = international(rules, number);
  if (rules.format === "e164" || full === undefined) return full ?? number;
  const { countryCode, nationalPrefix, internationalPrefix } = rules;
  const home = `+${countryCode}`;
  return full.startsWith(home)
    ? `${nationalPrefix}${full.slice(home.length)}`
    : `${internationalPrefix}${full.slice(1)}`;
}

/** A called number: the same, behind the carrier's technical prefix. */
export function calledByCarrier(rules: Rules, text: string): string {
  return rules.techPrefix + carrierNumber(rules, text);
}

/** With plus and country code; undefined for a short or local number, which has none. */
function international(rules: Rules, number: string): string | undefined {
  const { countryCode, nationalPrefix, internationalPrefix } = rules;
  if (number.startsWith("+")) return number;
  // The longer prefix first: 00 is not 0 and a 0.
  if (internationalPrefix !== "" && number.startsWith(internationalPrefix)) {
    return `+${number.slice(internationalPrefix.length)}`;
  }
  if (nationalPrefix !== "" && number.startsWith(nationalPrefix)) {
    return `+${countryCode}${number.slice(nationalPrefix.length)}`;
  }
  return undefined;
}
