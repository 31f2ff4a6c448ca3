/** What a person may ask of alerts, and do: the command line and the API answer with the same. */
import { type AlertKind, alertKinds, type Severity } from "@ringfence/policy";
import type { ControlDesk } from "../control/protocol.ts";
import type { Alert } from "./alert.ts";
import type { Alerts } from "./alerts.ts";
import { runbookOf } from "./message.ts";

/** An alert as people see it; times in milliseconds since 1970. */
export interface ShownAlert {
  readonly id: number;
  readonly at: number;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** What it is about; empty where there is only one. */
  readonly object: string;
  readonly text: string;
  /** Page and paragraph. */
  readonly runbook: string;
  readonly times: number;
  readonly acknowledged: { readonly by: string; readonly at: number } | null;
  readonly ended: number | null;
}

export function alertDesk(alerts: Alerts): Pick<ControlDesk, "alerts" | "acknowledge" | "test-alert"> {
  return {
    alerts: () => ({ open: alerts.book.open.map(shown), past: alerts.book.past.toReversed().map(shown) }),
    acknowledge({ id, by }) {
      alerts.acknowledge(id, by);
      return { alert: id };
    },
    "test-alert": async ({ to }) => ({ answers: await alerts.test(to) }),
  };
}

function shown({ id, kind, severity, object, detail, since, times, ended, acknowledged }: Alert): ShownAlert {
  const about = [object, detail].filter((part) => part !== "").join(": ");
  const text = `${alertKinds[kind].title} ${about}`.trimEnd();
  return { id, at: since, kind, severity, object, text, runbook: runbookOf(kind), times, acknowledged, ended };
}
