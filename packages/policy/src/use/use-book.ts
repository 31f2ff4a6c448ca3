/** The configuration's limits of use, compiled: what holds for a payer, and what a number costs. */
import type { TrunkConfig } from "../config/config.ts";
import type { PolicyConfig } from "../config/policy-config.ts";
import type { AccountRules } from "../config/use-rules.ts";
import type { DialledNumber, WorldNumber } from "../number/dialled.ts";
import type { SignalSubject } from "../subject.ts";
import { accountPayer, type Payer, trunkPayer, type UseLimits } from "./ledger.ts";
import { type Holidays, type OpeningHours, parseHolidays, parseOpeningHours } from "./opening-hours.ts";
import { costOf, type Rate, type Rates } from "./rates.ts";
import { type Zone, zone } from "./zone.ts";

export interface PayerRules extends UseLimits {
  readonly callDurationMs: number | undefined;
  readonly hours: OpeningHours | undefined;
  readonly holidays: Holidays;
  /** May numbers abroad be called. */
  readonly international: boolean;
  /** What these rules would refuse is only looked at. */
  readonly inShadow: boolean;
}

/** `outside`: a number that a carrier is paid for. `rate`: undefined where no line of the rates covers it. */
export interface Charge {
  readonly outside: boolean;
  readonly rate: Rate | undefined;
}

export interface UseBook {
  /** Undefined: nobody pays for this request, because it is no call, or not one that costs. */
  payerOf(subject: Pick<SignalSubject, "side" | "account" | "trunk">): Payer | undefined;
  rulesOf(payer: Payer): PayerRules;
  /** Undefined: nobody is dialled. An extension costs nothing. */
  chargeOf(number: DialledNumber | undefined): Charge;
  /** Undefined: there are no rates. */
  readonly currency: string | undefined;
}

export function useBook(
  { accounts }: Pick<PolicyConfig, "accounts">,
  trunks: readonly TrunkConfig[],
  rates: Rates | undefined,
): UseBook {
  const fallback = compiled(accounts.get("default") ?? {});
  const named = new Map<Payer, PayerRules>([
    ...[...accounts.keys()].map((name) => [accountPayer(name), compiled(accountRules(accounts, name))] as const),
    ...trunks.map(({ name, limits }) => [trunkPayer(name), compiled({ ...limits.out, mode: limits.mode })] as const),
  ]);
  return {
    payerOf({ side, account, trunk }) {
      if (side === "phone") return account === undefined ? undefined : accountPayer(account);
      return side === "core" && trunk !== undefined ? trunkPayer(trunk) : undefined;
    },
    rulesOf: (payer) => named.get(payer) ?? fallback,
    chargeOf(number) {
      const readings = number === undefined ? [] : numbersOf(number);
      return readings.length === 0 ? inside : { outside: true, rate: dearest(readings, rates) };
    },
    currency: rates?.currency,
  };
}

const inside: Charge = { outside: false, rate: undefined };

/** What an account's own entry does not say, `default` does. */
export function accountRules(accounts: PolicyConfig["accounts"], name: string): Partial<AccountRules> {
  const own = Object.entries(accounts.get(name) ?? {}).filter(([, value]) => value !== undefined);
  return { ...accounts.get("default"), ...Object.fromEntries(own) };
}

const utc = zone("UTC") as Zone;

function compiled(rules: Partial<AccountRules>): PayerRules {
  const { callsPerHour, minutesPerDay, spendPerDay, callDurationMs } = rules;
  const hours = rules.hours === undefined ? undefined : parseOpeningHours(rules.hours);
  return {
    zone: (rules.zone === undefined ? hours?.zone : zone(rules.zone)) ?? utc,
    callsPerHour,
    msPerDay: minutesPerDay === undefined ? undefined : minutesPerDay * 60_000,
    spendPerDay: spendPerDay?.micro,
    callDurationMs,
    hours,
    holidays: parseHolidays(rules.holidays ?? []) ?? new Set(),
    international: rules.international ?? true,
    inShadow: rules.mode === "shadow",
  };
}

/** Every number of the world that the PBX or a carrier could take it for. */
function numbersOf({ world, others }: DialledNumber): readonly WorldNumber[] {
  return world === undefined ? others : [world, ...others];
}

/** What a number could be read as is no way around its price: the dearest reading counts, and one without a price has none. */
function dearest(numbers: readonly WorldNumber[], rates: Rates | undefined): Rate | undefined {
  let most: Rate | undefined;
  for (const { e164 } of numbers) {
    const rate = rates?.rateOf(e164);
    if (rate === undefined) return undefined;
    if (most === undefined || costOf(rate, MINUTE) > costOf(most, MINUTE)) most = rate;
  }
  return most;
}

const MINUTE = 60_000;
