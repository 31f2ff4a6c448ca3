/** Point 10: whether somebody is called when it matters. */
import type { Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";

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
      look: ({ config }) => (config.alerts.length === 0 ? ["alerts is empty: nobody is told of anything"] : []),
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
