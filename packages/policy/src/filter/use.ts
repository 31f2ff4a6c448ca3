import { type UseReason, useRefusal } from "../use/judge-use.ts";
import type { UseBook } from "../use/use-book.ts";
import { type Filter, looksOn, opensDialog, passes, rejects, type Step } from "./filter.ts";

const refusals: Readonly<Record<UseReason, Step>> = {
  "calls-per-hour-limit": refusal("calls-per-hour-limit", "so many calls within an hour already", "calls_per_hour"),
  "minutes-limit": refusal("minutes-limit", "the day's minutes are used up", "minutes_per_day"),
  "spend-limit": refusal("spend-limit", "the day's money does not pay for this call", "spend_per_day"),
  "rate-unknown": rejects("use", "rate-unknown", "no line of the rates covers this number", "policy.rates.file"),
  "use-unknown": rejects("use", "use-unknown", "what was used today is not known", "state.dir"),
};

function refusal(reason: UseReason, note: string, key: string): Step {
  return rejects("use", reason, note, `policy.accounts.NAME.${key}`);
}

/** What a day and an hour allow, for who pays: an account for calls of its phones, a trunk for calls to its carrier. */
export function useFilter(book: UseBook): Filter {
  const noNewCall = passes("use", "the request adds no call");
  const spared = passes("use", "an emergency call: not counted");
  const nobody = passes("use", "nobody pays for it");
  const free = passes("use", "below the limits of the day");
  const unlimited = passes("use", "the limits of the day are not acted on");
  return (subject, { emergency }) => {
    if (!opensDialog(subject)) return noNewCall;
    if (emergency) return spared;
    const payer = book.payerOf(subject);
    if (payer === undefined) return nobody;
    const rules = book.rulesOf(payer);
    const reason = useRefusal(rules, book.chargeOf(subject.number), subject.load.use);
    if (reason === undefined) return free;
    return rules.inShadow ? looksOn(refusals[reason], unlimited) : refusals[reason];
  };
}
