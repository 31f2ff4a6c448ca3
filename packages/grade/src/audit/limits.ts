/** Point 4: how much somebody can do who got in. */
import type { Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";
import { rulesInForce } from "./rules.ts";

const minute = 60_000;
const hour = 3_600_000;
const mostCalls = 6;
const longestCall = 12 * hour;
const mostFailures = 20;
const shortestBan = 5 * minute;
const mostPackets = 1_000;
const mostContacts = 5;

export const limits: Point<AuditFacts> = {
  number: 4,
  name: "Limits and fraud",
  checks: [
    {
      id: "limits-everything-allowed",
      severity: "critical",
      title: "No rule lets every number through",
      fix: "Take the rule away, or give it countries; what no rule names is judged by the list of risky numbers.",
      where: "policy.destinations",
      look: ({ config }) =>
        config.policy.destinations.flatMap(({ action, prefix, country, type, list, mode }, at) =>
          action === "allow" && mode === "enforce" && !prefix && !country && !type && !list
            ? [`policy.destinations[${at}] allows every number that no rule before it names`]
            : [],
        ),
    },
    {
      id: "limits-money",
      severity: "high",
      title: "An account's day has an end in money or minutes",
      fix: "Write spend_per_day with a rates file, or minutes_per_day.",
      where: "policy.accounts.default",
      look: ({ config }) =>
        rulesInForce(config).flatMap(({ name, rules }) =>
          rules.spendPerDay === undefined && rules.minutesPerDay === undefined ? [`${name} may call without end`] : [],
        ),
    },
    {
      id: "limits-calls-per-hour",
      severity: "medium",
      title: "An account begins only so many calls in an hour",
      fix: "Write calls_per_hour: 30, or what your busiest desk needs.",
      where: "policy.accounts.default.calls_per_hour",
      look: ({ config }) =>
        rulesInForce(config).flatMap(({ name, rules }) =>
          rules.callsPerHour === undefined ? [`${name} has no calls_per_hour`] : [],
        ),
    },
    {
      id: "limits-calls-at-once",
      severity: "medium",
      title: "An account has few calls at one time",
      fix: `Write ${mostCalls} or fewer, and more only for those who need it.`,
      where: "policy.limits.calls_per_account",
      look: ({ config }) => {
        const most = config.policy.accounts.get("default")?.calls ?? config.policy.limits.callsPerAccount;
        return most <= mostCalls ? [] : [`an account may have ${most} calls at one time`];
      },
    },
    {
      id: "limits-duration",
      severity: "low",
      title: "A forgotten call ends",
      fix: "Write call_duration: 4h.",
      where: "policy.limits.call_duration",
      look: ({ config }) => {
        const longest = config.policy.limits.callDurationMs;
        return longest <= longestCall ? [] : [`a call may last ${Math.round(longest / hour)} hours`];
      },
    },
    {
      id: "limits-country",
      severity: "medium",
      title: "Ringfence knows the country of the phones",
      fix: "Write policy.country, such as DE: national numbers are judged by it.",
      where: "policy.country",
      site: true,
      look: ({ config }) => (config.policy.country === undefined ? ["policy.country is not set"] : []),
    },
    {
      id: "limits-abroad",
      severity: "low",
      title: "Only those call abroad who need to",
      fix: "Write international: false for default, and true for those who need it.",
      where: "policy.accounts.default.international",
      site: true,
      look: ({ config }) =>
        config.policy.accounts.get("default")?.international === false ? [] : ["every account may call abroad"],
    },
    {
      id: "limits-anomaly",
      severity: "medium",
      title: "Calls that are unlike an account's own are noticed",
      fix: "Add the section; alert is a good beginning.",
      where: "policy.anomaly",
      look: ({ config }) => (config.policy.anomaly === undefined ? ["there is no policy.anomaly"] : []),
    },
    {
      id: "limits-fraud-action",
      severity: "low",
      title: "An account whose calls look like fraud is stopped",
      fix: "Write action: suspend, once the alerts were right for some weeks.",
      where: "policy.on_fraud.action",
      site: true,
      look: ({ config }) => (config.policy.onFraud.action === "suspend" ? [] : ["policy.on_fraud only tells"]),
    },
    {
      id: "limits-trunk",
      severity: "medium",
      title: "Every carrier has a number of calls at one time",
      fix: "Write limits: { calls: N } as the contract says.",
      where: "trunks[].limits.calls",
      look: ({ config }) =>
        config.trunks.length === 0
          ? undefined
          : config.trunks.flatMap(({ name, limits: { calls, out } }) =>
              calls === undefined && out.calls === undefined ? [`${name} has no limit of calls`] : [],
            ),
    },
    {
      id: "limits-guessing",
      severity: "medium",
      title: "Whoever guesses is banned soon, and for long",
      fix: "Leave defence.failures at its defaults: five within a minute, a quarter of an hour, growing.",
      where: "defence.failures",
      look: ({ config }) => {
        const { max, banMs } = config.defence.failures;
        return [
          ...(max > mostFailures ? [`${max} failures are let pass`] : []),
          ...(banMs < shortestBan ? [`a ban lasts ${Math.round(banMs / 1_000)} s`] : []),
        ];
      },
    },
    {
      id: "limits-source",
      severity: "low",
      title: "One source sends only so many datagrams",
      fix: "Leave defence.source.packets_per_second at 200.",
      where: "defence.source.packets_per_second",
      look: ({ config }) => {
        const { packetsPerSecond } = config.defence.source;
        return packetsPerSecond <= mostPackets ? [] : [`${packetsPerSecond} datagrams a second are let pass`];
      },
    },
    {
      id: "limits-contacts",
      severity: "low",
      title: "An account has few phones",
      fix: "Write max_contacts: 3.",
      where: "phones.registration.max_contacts",
      look: ({ config }) => {
        const { maxContacts } = config.phones.registration;
        return maxContacts <= mostContacts ? [] : [`an account may register ${maxContacts} phones`];
      },
    },
  ],
};
