import { isWithinHours } from "../use/judge-use.ts";
import type { UseBook } from "../use/use-book.ts";
import { type Filter, looksOn, opensDialog, passes, rejects } from "./filter.ts";

/** When calls may begin. One that runs when the hours end goes on. */
export function hoursFilter(book: UseBook): Filter {
  const noNewCall = passes("hours", "the request adds no call");
  const spared = passes("hours", "an emergency call: at any hour");
  const always = passes("hours", "no opening hours");
  const open = passes("hours", "within the opening hours");
  const closed = rejects("hours", "outside-hours", "outside the opening hours", "policy.accounts.NAME.hours");
  const looked = looksOn(closed, passes("hours", "the opening hours are not acted on"));
  return (subject, { emergency }) => {
    if (!opensDialog(subject)) return noNewCall;
    if (emergency) return spared;
    const payer = book.payerOf(subject);
    const rules = payer === undefined ? undefined : book.rulesOf(payer);
    if (rules?.hours === undefined) return always;
    if (isWithinHours(rules, subject.at)) return open;
    return rules.inShadow ? looked : closed;
  };
}
