/** The numbers a carrier may deliver: single ones, patterns and ranges, compared without plus and separators. */
import type { TrunkConfig } from "./config/config.ts";
import { numberMatcher, plainNumber } from "./number/plain.ts";

type Rules = Pick<TrunkConfig["numbers"], "countryCode" | "internationalPrefix" | "nationalPrefix">;

/** `+15550100-+15550149`: first and last, without plus; undefined if the text is no range. */
export function parseRange(text: string): { readonly first: string; readonly last: string } | undefined {
  const dash = text.indexOf("-");
  if (dash < 0) return undefined;
  const [first = "", last = ""] = [plainNumber(text.slice(0, dash)), plainNumber(text.slice(dash + 1))];
  return first !== "" && first.length === last.length && first <= last ? { first, last } : undefined;
}

/** Whether a delivered number, as the carrier wrote it, is one of the table. Nothing is in an empty table. */
export function didTable(patterns: readonly string[], rules: Rules): (delivered: string) => boolean {
  const single = new Set<string>();
  const matchers: ((plain: string) => boolean)[] = [];
  for (const pattern of patterns) {
    const range = parseRange(pattern);
    if (range !== undefined) {
      const { first, last } = range;
      // Of one length, so text compares as numbers do.
      matchers.push((plain) => plain.length === first.length && first <= plain && plain <= last);
    } else if (pattern.includes("?") || pattern.includes("*")) matchers.push(numberMatcher(pattern));
    else single.add(plainNumber(pattern) ?? pattern);
  }
  const has = (plain: string): boolean => single.has(plain) || matchers.some((matches) => matches(plain));
  return (delivered) => {
    const plain = plainNumber(delivered);
    if (plain === undefined) return false;
    const full = delivered.startsWith("+") ? undefined : fullNumber(rules, plain);
    return has(plain) || (full !== undefined && has(full));
  };
}

/** With country code where the carrier dialled it as people at home do. */
function fullNumber({ countryCode, internationalPrefix, nationalPrefix }: Rules, plain: string): string | undefined {
  if (internationalPrefix !== "" && plain.startsWith(internationalPrefix)) {
    return plain.slice(internationalPrefix.length);
  }
  if (countryCode === "" || nationalPrefix === "" || !plain.startsWith(nationalPrefix)) return undefined;
  return countryCode + plain.slice(nationalPrefix.length);
}
