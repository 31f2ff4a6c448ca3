/** A notice as it is sent. What a peer wrote in it was cleaned and masked before; nothing in it is markup or a header. */
import { type AlertKind, alertKinds } from "@ringfence/policy";
import type { Alert } from "./alert.ts";
import { mostInNotice, type Notice } from "./rounds.ts";

export interface WebhookAlert {
  readonly id: number;
  readonly state: "open" | "still-open" | "over";
  readonly object: string;
  readonly detail: string;
  readonly since: string;
  readonly ended: string | null;
  /** How often it happened; 1 of what lasts. */
  readonly times: number;
}

/** The body that a webhook gets, JSON. */
export interface WebhookBody {
  readonly version: 1;
  /** The machine. */
  readonly site: string;
  readonly receiver: string;
  readonly at: string;
  readonly kind: AlertKind | "test";
  readonly severity: Notice["severity"];
  readonly title: string;
  /** Paragraph that says what to do. */
  readonly runbook: string;
  readonly alerts: readonly WebhookAlert[];
  /** So many beyond those. */
  readonly more: number;
}

export interface Mail {
  readonly subject: string;
  readonly text: string;
}

export function testNotice(receiver: string, now: number): Notice {
  return { receiver, kind: "test", severity: "warning", at: now, fresh: [], still: [], over: [] };
}

export function runbookOf(kind: AlertKind): string {
  return `docs/runbook.md#${kind}`;
}

export function webhookBody(notice: Notice, site: string): WebhookBody {
  const { receiver, kind, severity, at } = notice;
  const rows = rowsOf(notice);
  return {
    version: 1,
    site,
    receiver,
    at: iso(at),
    kind,
    severity,
    title: titleOf(kind),
    runbook: kind === "test" ? "docs/alerts.md" : runbookOf(kind),
    alerts: rows.slice(0, mostInNotice),
    more: Math.max(0, rows.length - mostInNotice),
  };
}

/** @param site a host name */
export function mailOf(notice: Notice, site: string): Mail {
  const { severity, title, alerts, more, runbook, kind } = webhookBody(notice, site);
  const isOver = alerts.length > 0 && alerts.every(({ state }) => state === "over");
  const state = isOver ? "over" : severity;
  const lines = [
    title,
    "",
    ...alerts.map(mailLine),
    ...(more === 0 ? [] : [`and ${more} more: ./ringfence alerts`]),
    ...(alerts.length === 0 ? [] : [""]),
    `What it means and what to do: ${runbook}`,
    ...(isOver || kind === "test" ? [] : ["Be quiet about one: ./ringfence alerts acknowledge ID"]),
    "",
  ];
  return { subject: `[ringfence ${site}] ${kind === "test" ? "test" : state}: ${title}`, text: lines.join("\n") };
}

const words = { open: "new", "still-open": "still", over: "over" } as const;

function mailLine({ id, state, object, detail, since, ended, times }: WebhookAlert): string {
  const what = [object, detail].filter((part) => part !== "").join(": ");
  const often = times > 1 ? `, ${times} times` : "";
  return `${words[state]} #${id} ${what} (since ${since}${often}${ended === null ? "" : `, over ${ended}`})`;
}

function titleOf(kind: Notice["kind"]): string {
  return kind === "test" ? "This is a test: alerts of this machine reach you." : alertKinds[kind].title;
}

function rowsOf({ fresh, still, over }: Notice): readonly WebhookAlert[] {
  return [
    ...fresh.map((one) => rowOf(one, "open")),
    ...still.map((one) => rowOf(one, "still-open")),
    ...over.map((one) => rowOf(one, "over")),
  ];
}

function rowOf({ id, object, detail, since, ended, times }: Alert, state: WebhookAlert["state"]): WebhookAlert {
  return { id, state, object, detail, since: iso(since), ended: ended === null ? null : iso(ended), times };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
