/** May a payer begin one more call? The same answer for the rules of a request and for a carrier that is tried in place of another. */
import type { RejectReason } from "../reasons.ts";
import type { UseFigures } from "./ledger.ts";
import { isOpen } from "./opening-hours.ts";
import { costOf } from "./rates.ts";
import type { Charge, PayerRules } from "./use-book.ts";

export type UseReason = Extract<
  RejectReason,
  "calls-per-hour-limit" | "minutes-limit" | "spend-limit" | "rate-unknown" | "use-unknown"
>;

/** Undefined: yes. Figures that are not known refuse where there is a limit; so does a number without a price where money is limited. */
export function useRefusal(rules: PayerRules, charge: Charge, use: UseFigures | undefined): UseReason | undefined {
  const { callsPerHour, msPerDay, spendPerDay } = rules;
  if (callsPerHour === undefined && msPerDay === undefined && spendPerDay === undefined) return undefined;
  if (use === undefined || Number.isNaN(use.msToday)) return "use-unknown";
  if (callsPerHour !== undefined && !(use.callsThisHour < callsPerHour)) return "calls-per-hour-limit";
  if (!charge.outside) return undefined;
  if (msPerDay !== undefined && !(use.msToday < msPerDay)) return "minutes-limit";
  if (spendPerDay === undefined) return undefined;
  if (charge.rate === undefined) return "rate-unknown";
  return use.spentToday + costOf(charge.rate, 0) <= spendPerDay ? undefined : "spend-limit";
}

/** @param at milliseconds since 1970; a time that is not known is outside the hours */
export function isWithinHours({ hours, holidays }: PayerRules, at: number | undefined): boolean {
  return hours === undefined || (at !== undefined && isOpen(hours, holidays, at));
}
