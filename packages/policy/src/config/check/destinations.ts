import type { Config } from "../config.ts";
import type { DestinationRule } from "../policy-config.ts";
import type { Finding } from "../yaml-document.ts";

type Rules = readonly DestinationRule[];

/** Rules about where calls may go that are missing, or that do not do what somebody believes. */
export function checkDestinations({ policy, trunks = [] }: Partial<Config>): readonly Finding[] {
  if (policy === undefined) return [];
  const { destinations, country } = policy;
  if (destinations.length === 0) return trunks.length === 0 ? [] : [open];
  const placed = country !== undefined || trunks.some(({ numbers }) => numbers.countryCode !== "");
  return [...withoutEffect(destinations), ...(placed ? [] : withoutCountry(destinations))];
}

const open: Finding = {
  code: "destinations-open",
  severity: "warning",
  path: ["policy", "destinations"],
  message:
    "nothing says which numbers may be called: all but premium, satellite and high-risk ones, on your bill if a password is stolen",
  remedy: "list the countries you call: `destinations: [{ country: [DE, AT], action: allow }, { action: reject }]`",
};

function withoutEffect(rules: Rules): readonly Finding[] {
  const everything = rules.findIndex((rule) => isForAll(rule) && rule.mode === "enforce");
  const lastReject = rules.findLastIndex(({ action }) => action === "reject");
  return rules.flatMap((rule, index): readonly Finding[] => {
    const path = ["policy", "destinations", index];
    const common = { code: "destination-without-effect", severity: "warning", path } as const;
    if (everything >= 0 && index > everything) {
      const message = `rule ${everything + 1} is about every number, so this one is never asked`;
      return [{ ...common, message, remedy: "move it up" }];
    }
    if (rule.action === "allow" && index > lastReject) {
      const everyone = isForAll(rule);
      const message = everyone
        ? "allows every number, premium, satellite and high-risk ones too: whoever steals a password calls them on your bill"
        : "allows what is allowed anyway, but for premium, satellite and high-risk numbers: no rule after it rejects anything";
      const remedy = everyone ? "name the countries you call" : "end the list with `{ action: reject }`";
      return [{ ...common, code: everyone ? "destinations-open" : common.code, message, remedy }];
    }
    return [];
  });
}

function isForAll({ prefix, country, type, list }: DestinationRule): boolean {
  return prefix === undefined && country === undefined && type === undefined && list === undefined;
}

/** A number dialled as people at home do belongs to a country and has a type only where the file says where home is. */
function withoutCountry(rules: Rules): readonly Finding[] {
  const index = rules.findIndex(({ country, type }) => country !== undefined || type !== undefined);
  if (index < 0) return [];
  return [
    {
      code: "destination-without-country",
      severity: "warning",
      path: ["policy", "destinations", index],
      message: "numbers dialled without country code match no country and no type: nobody said where the phones are",
      remedy: "set `policy.country`, as DE or US",
    },
  ];
}
