/** Point 10: whether somebody is called when it matters. */
import type { Config } from "@ringfence/policy";
import type { Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";

const day = 86_400_000;
/** In days: a quarter, and a week in which somebody finds the time. */
const longestUntested = 100;

export const monitoring: Point<AuditFacts> = {
  number: 10,
  name: "Monitoring and alerts",
  checks: [
    {
      id: "monitoring-nobody",
      severity: "high",
      title: "Somebody is told when it matters",
      fix: "Name a webhook or an address for mail, and try it: ./ringfence alerts test.",
      where: "alerts",
      site: true,
      look: ({ config }) => (config.alerts.length === 0 ? ["alerts is empty: nobody is told of anything"] : []),
    },
    {
      id: "monitoring-proven",
      severity: "high",
      title: "Each way to be told was shown to work within the last quarter",
      fix: "./ringfence alerts test, and see that it arrives.",
      where: "./ringfence alerts test",
      site: true,
      look: ({ config: { alerts }, running, now }) => {
        if (running === undefined || alerts.length === 0) return undefined;
        return waysOf(alerts).flatMap(({ receiver, way }) => {
          const last = running.deliveries.find((one) => one.receiver === receiver && one.way === way);
          if (last === undefined) return [`${receiver} by ${way}: nothing has arrived yet`];
          const days = Math.floor((now - last.at) / day);
          return days > longestUntested ? [`${receiver} by ${way}: nothing has arrived for ${days} days`] : [];
        });
      },
    },
    {
      id: "monitoring-unsigned",
      severity: "low",
      title: "Whoever takes alerts can tell that they are ours",
      fix: "Write secret: { file: PATH } beside the url.",
      where: "alerts.*.webhook.secret",
      look: ({ config: { alerts } }) => {
        const hooks = alerts.flatMap(({ name, webhook }) => (webhook === undefined ? [] : [{ name, webhook }]));
        if (hooks.length === 0) return undefined;
        return hooks
          .filter(({ webhook }) => webhook.secret === undefined)
          .map(({ name }) => `${name} gets unsigned messages`);
      },
    },
    {
      id: "monitoring-critical",
      severity: "medium",
      title: "Somebody is told of everything critical",
      fix: "Let one receiver have no `for`, or name critical there.",
      where: "alerts.*.for",
      look: ({ config: { alerts } }) => {
        if (alerts.length === 0) return undefined;
        const heard = alerts.some((one) => one.for === undefined || one.for.severities.includes("critical"));
        return heard ? [] : ["no receiver is told of all that is critical"];
      },
    },
  ],
};

function waysOf(alerts: Config["alerts"]): readonly { readonly receiver: string; readonly way: string }[] {
  return alerts.flatMap(({ name: receiver, webhook, email }) => [
    ...(webhook === undefined ? [] : [{ receiver, way: "webhook" }]),
    ...(email === undefined ? [] : [{ receiver, way: "email" }]),
  ]);
}
