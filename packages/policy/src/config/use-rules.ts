import { z } from "zod";
import { type Money, parseMoney } from "../use/money.ts";
import { parseHolidays, parseOpeningHours } from "../use/opening-hours.ts";
import { zone } from "../use/zone.ts";
import { duration } from "./duration.ts";
import { choice, isOneOf, type LeafReading, quoted, whole, written } from "./leaf.ts";
import { path } from "./text.ts";

/** What an account, or a trunk towards its carrier, may use. Undefined: no limit of its own. */
export interface UseRules {
  readonly callsPerHour: number | undefined;
  readonly minutesPerDay: number | undefined;
  readonly spendPerDay: Money | undefined;
  readonly callDurationMs: number | undefined;
  /** As `parseOpeningHours` reads it. */
  readonly hours: string | undefined;
  readonly holidays: readonly string[] | undefined;
  /** Where a day begins; undefined: the zone of `hours`, or UTC. */
  readonly zone: string | undefined;
}

export interface AccountRules extends UseRules {
  /** At one time, both directions; undefined: `policy.limits.calls_per_account`. */
  readonly calls: number | undefined;
  /** False: no numbers abroad; undefined: true. */
  readonly international: boolean | undefined;
  /** `shadow`: none of this is acted on, only counted and said; undefined: `enforce`. */
  readonly mode: "enforce" | "shadow" | undefined;
}

const hoursRemedy = 'write "Mon-Fri 07:00-20:00, Sat 09:00-13:00 Europe/Berlin"';

function openingHours() {
  return written({ kind: "opening hours" }, (text): LeafReading<string> => {
    const readable = text.length <= 512 && parseOpeningHours(text) !== undefined;
    if (readable) return { value: text };
    return { problem: `is ${quoted(text)}, which are no opening hours`, remedy: hoursRemedy };
  });
}

function zoneName() {
  return written({ kind: "time zone" }, (text): LeafReading<string> => {
    if (text.length <= 64 && zone(text) !== undefined) return { value: text };
    return { problem: `is ${quoted(text)}, which is no time zone`, remedy: "write Europe/Berlin, or UTC" };
  });
}

function holiday() {
  return written({ kind: "date" }, (text): LeafReading<string> => {
    if (parseHolidays([text]) !== undefined) return { value: text };
    return { problem: `is ${quoted(text)}, which is no date`, remedy: 'write "2026-12-25", or "12-25" for each year' };
  });
}

/** `20.00` is a number to YAML and keeps no trailing zeros; text does. */
function money() {
  return z
    .union([z.number(), z.string()])
    .transform((value, context): Money => {
      const amount = parseMoney(String(value));
      if (amount !== undefined) return amount;
      const params = { code: "bad-format", remedy: "write 20, 20.00 or 0.5, at most 999999999" };
      context.addIssue({ code: "custom", message: `is ${quoted(String(value))}, which is no amount`, params });
      return z.NEVER;
    })
    .meta({ kind: "amount of money" });
}

export const useKeys = {
  calls_per_hour: whole(0, 10_000).optional().meta({ description: "New calls within any sixty minutes." }),
  minutes_per_day: whole(0, 1_000_000).optional().meta({
    description: "Minutes of calls to outside numbers in a day; the call in which they end is ended.",
  }),
  spend_per_day: money().optional().meta({
    description: "Money in a day, in the currency of `policy.rates`; the call in which it ends is ended.",
  }),
  call_duration: duration("10s", "7d").optional().meta({
    description: "A call is ended after this, if `policy.limits.call_duration` does not end it sooner.",
  }),
  hours: openingHours().optional().meta({ description: "When calls may begin. A span over midnight is one." }),
  holidays: z.array(holiday()).max(1_000).optional().meta({ description: "Days without opening hours." }),
  zone: zoneName().optional().meta({
    description: "Where a day begins. Without it: the zone of `hours`, or UTC.",
  }),
} as const;

interface WrittenRules {
  readonly calls_per_hour?: number | undefined;
  readonly minutes_per_day?: number | undefined;
  readonly spend_per_day?: Money | undefined;
  readonly call_duration?: number | undefined;
  readonly hours?: string | undefined;
  readonly holidays?: readonly string[] | undefined;
  readonly zone?: string | undefined;
}

export function useRulesOf(value: WrittenRules): UseRules {
  return {
    callsPerHour: value.calls_per_hour,
    minutesPerDay: value.minutes_per_day,
    spendPerDay: value.spend_per_day,
    callDurationMs: value.call_duration,
    hours: value.hours,
    holidays: value.holidays,
    zone: value.zone,
  };
}

const accountRules = z
  .strictObject({
    calls: whole(0, 10_000).optional().meta({
      description: "Calls at one time, both directions. Without it: `policy.limits.calls_per_account`.",
    }),
    international: z.boolean().optional().meta({
      description:
        "`false`: no numbers outside `policy.country`, in whatever way they may be read. Needs that key. Without it: `true`.",
    }),
    ...useKeys,
    mode: choice(["enforce", "shadow"]).optional().meta({
      description: "`shadow`: what this entry would refuse is counted and logged, and let through.",
    }),
  })
  .transform(({ calls, international, mode, ...rest }): AccountRules => {
    return { calls, international, mode, ...useRulesOf(rest) };
  });

const nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+";

function accountName() {
  return written({ kind: "account" }, (text): LeafReading<string> => {
    if (text.length <= 64 && isOneOf(text, nameCharacters)) return { value: text };
    return { problem: `is ${quoted(text)}, which is no account`, remedy: "use up to 64 letters, digits, - _ . and +" };
  });
}

/** `default` is for whoever has no entry, and for what an entry does not say. */
export const accountPolicies = z
  .record(accountName(), accountRules)
  .prefault({})
  .transform((value): ReadonlyMap<string, AccountRules> => new Map(Object.entries(value)));

export const ratesFile = z
  .strictObject({
    file: path().meta({
      description:
        "CSV file of prices: `currency,EUR`, then `prefix,price a minute,fee,increment` a line. See [fraud.md](fraud.md).",
    }),
  })
  .optional();
