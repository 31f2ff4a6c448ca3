import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";

export function checkUse(config: Partial<Config>): readonly Finding[] {
  return [...withoutHome(config), ...checkMoney(config)];
}

/** What is abroad is known only where home is. */
function withoutHome({ policy }: Partial<Config>): readonly Finding[] {
  if (policy === undefined || policy.country !== undefined) return [];
  const name = [...policy.accounts].find(([, { international }]) => international === false)?.[0];
  if (name === undefined) return [];
  return [
    {
      code: "international-without-country",
      severity: "warning",
      path: ["policy", "accounts", name, "international"],
      message: "nobody said where the phones are: every number with country code is taken for one abroad",
      remedy: "set `policy.country`, as DE or US",
    },
  ];
}

/** Money can be limited only where somebody says what a call costs. */
function checkMoney({ policy, trunks }: Partial<Config>): readonly Finding[] {
  if (policy === undefined) return [];
  const limited = [
    ...[...policy.accounts].map(([name, rules]) => [["policy", "accounts", name], rules] as const),
    ...(trunks ?? []).map(({ limits }, index) => [["trunks", index, "limits", "out"], limits.out] as const),
  ].filter(([, rules]) => rules.spendPerDay !== undefined);
  if (policy.ratesFile === undefined) {
    return limited.map(([path]) => ({
      code: "spend-without-rates",
      severity: "error",
      path: [...path, "spend_per_day"],
      message: "money is limited, and nothing says what calls cost",
      remedy: "name the prices: `policy.rates: { file: rates.csv }`",
    }));
  }
  if (limited.length > 0) return [];
  const remedy = "set `spend_per_day` of `policy.accounts.default`, or remove the key";
  const message = "the prices are not used: no money is limited";
  return [{ code: "rates-unused", severity: "warning", path: ["policy", "rates", "file"], message, remedy }];
}
