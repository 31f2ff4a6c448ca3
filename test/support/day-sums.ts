/** One day added up by each who saw it: by those who read the wire, by readers of the log in its forms, by Prometheus, and from the records. */
import { expect } from "vitest";
import { readFrames } from "../../packages/appliance/src/logs/syslog/frames.ts";
import { type Quantity, script } from "./day.ts";

export type Sums = Readonly<Partial<Record<Quantity, number>>>;

/** As text on a wire: nothing of the product's parser reads it. */
export interface WireMessage {
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** Who is who. */
export interface Cast {
  readonly ours: ReadonlySet<string>;
  /** Addresses of strangers begin so. */
  readonly strangers: string;
  /** The hosts of the trunk: that which falls silent, and the other. */
  readonly hosts: readonly [silent: string, second: string];
}

export function sumsOfWire(messages: readonly WireMessage[], { ours, strangers, hosts }: Cast): Sums {
  const [silent, second] = hosts;
  const read = messages.map(({ text, ...ends }) => ({ ...ends, ...readMessage(text) }));
  const callers = new Map<string, { from: string; rang: boolean; final: string | undefined }>();
  for (const one of read) {
    const isNew = one.first.startsWith("INVITE ") && ours.has(one.to) && !one.from.startsWith(strangers);
    if (isNew && !callers.has(one.callId)) callers.set(one.callId, { from: one.from, rang: false, final: undefined });
    const caller = callers.get(one.callId);
    if (caller === undefined || one.to !== caller.from || !one.cseq.endsWith(" INVITE")) continue;
    if (one.first.startsWith("SIP/2.0 1")) caller.rang = true;
    else if (one.first.startsWith("SIP/2.0 ")) caller.final ??= one.first;
  }
  const ended = [...callers.values()];
  const count = (phrase: string, rang = true): number =>
    ended.filter((one) => one.final?.startsWith(`SIP/2.0 ${phrase}`) && one.rang === rang).length;
  const invited = (host: string): ReadonlySet<string> =>
    distinct(read, (one) => one.to === host && one.first.startsWith("INVITE "));
  const heard = distinct(read, (one) => one.from === silent && one.first.startsWith("SIP/2.0 "));
  return {
    calls: ended.length,
    answered: count("200"),
    busy: count("486"),
    cancelled: count("487"),
    barred: count("403 Destination Barred", false),
    "ended by suspension": count("403"),
    "refused to a suspended account": count("403 Account Suspended", false),
    "moved to the other host": [...invited(silent)].filter((callId) => !heard.has(callId)).length,
    "over the second host": invited(second).size,
    "wrong passwords": new Set(
      read
        .filter((one) => one.first.startsWith("SIP/2.0 403") && ours.has(one.to) && one.cseq.endsWith(" REGISTER"))
        .map(({ cseq }) => cseq),
    ).size,
  };
}

function distinct<T extends { readonly callId: string }>(
  all: readonly T[],
  fits: (one: T) => boolean,
): ReadonlySet<string> {
  return new Set(all.filter(fits).map(({ callId }) => callId));
}

function readMessage(text: string): { readonly first: string; readonly callId: string; readonly cseq: string } {
  const [first = "", ...lines] = text.split("\r\n");
  const field = (name: string): string =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
  return { first, callId: field("Call-ID"), cseq: field("CSeq") };
}

/** A line of the log, in whatever form. */
interface Told {
  readonly event: string;
  readonly reason: string | undefined;
  readonly status: string | undefined;
  readonly host: string | undefined;
}

export function sumsOfJson(text: string, cast: Cast): Sums {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return sumsOfLog(
    lines.map(({ event, reason, status, host }) => ({ event, reason, status: status && String(status), host })),
    cast,
  );
}

export function sumsOfSyslog(text: string, cast: Cast): Sums {
  return sumsOfLog(
    messagesOf(text).map((message) => {
      const value = (name: string): string | undefined => cut(message, ` ${name}="`, '"');
      return { event: value("event") ?? "", reason: value("reason"), status: value("status"), host: value("host") };
    }),
    cast,
  );
}

export function sumsOfCef(text: string, cast: Cast): Sums {
  return sumsOfLog(
    messagesOf(text).map((message) => {
      const value = (name: string): string | undefined => cut(`${message} `, ` ${name}=`, " ");
      const event = message.slice(message.indexOf("CEF:")).split("|")[4] ?? "";
      return { event, reason: value("reason"), status: value("outcome"), host: value("rfHost") };
    }),
    cast,
  );
}

function messagesOf(text: string): readonly string[] {
  return readFrames(Buffer.from(text)).messages.map(String);
}

function cut(text: string, from: string, to: string): string | undefined {
  const at = text.indexOf(from);
  return at < 0 ? undefined : text.slice(at + from.length, text.indexOf(to, at + from.length));
}

function sumsOfLog(lines: readonly Told[], { hosts: [, second] }: Cast): Sums {
  const count = (event: string, reason?: string, status?: string): number =>
    lines.filter(
      (line) =>
        line.event === event && (reason ?? line.reason) === line.reason && (status ?? line.status) === line.status,
    ).length;
  return {
    ...sumsOfCalls(count),
    "moved to the other host": count("trunk", "next-host"),
    "over the second host": lines.filter(({ event, host }) => event === "call" && host === second).length,
    "wrong passwords": count("refused", "wrong-password"),
    "sources banned": count("ban"),
    "hosts that went down": count("trunk", "host-down-silent"),
    "accounts suspended": count("fraud", "suspended"),
  };
}

/** Rows of the records, and lines of the log about the same. */
function sumsOfCalls(count: (event: string, reason?: string, status?: string) => number): Sums {
  const parts = {
    answered: count("call", "hangup"),
    busy: count("call", "refused", "486"),
    cancelled: count("call", "cancelled"),
    barred: count("refused", "high-risk-destination"),
    "ended by suspension": count("call", "suspended"),
    "refused to a suspended account": count("refused", "account-suspended"),
  };
  return { calls: Object.values(parts).reduce((sum, part) => sum + part, 0), ...parts };
}

/** Rows of the records as a person reads them: what it was, and why it ended. */
export function sumsOfPages(rows: readonly { readonly what: string; readonly why: string }[]): Sums {
  const sums = sumsOfCalls((event, reason) => rows.filter(({ what, why }) => what === event && why === reason).length);
  return { ...sums, calls: rows.length };
}

/** @param rows as the API gives them */
export function sumsOfRecords(
  rows: readonly { readonly kind: string; readonly facts: Readonly<Record<string, unknown>> }[],
  { hosts: [, second] }: Cast,
): Sums {
  const sums = sumsOfCalls(
    (event, reason, status) =>
      rows.filter(
        ({ kind, facts }) =>
          kind === event &&
          facts["reason"] === reason &&
          (status ?? String(facts["status"])) === String(facts["status"]),
      ).length,
  );
  // All there are: whoever adds up parts only does not see what is too much.
  return {
    ...sums,
    calls: rows.length,
    "over the second host": rows.filter(({ facts }) => facts["host"] === second).length,
  };
}

export function sumsOfMetrics(page: string): Sums {
  const value = (start: string): number =>
    page
      .split("\n")
      .filter((line) => line.startsWith(start))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  const ended = (reason: string): number => value(`ringfence_calls_ended_total{reason="${reason}"}`);
  const refused = (reason: string): number => value(`ringfence_refused_total{side="phone",reason="${reason}"}`);
  return {
    calls: value("ringfence_calls_started_total") + refused("high-risk-destination") + refused("account-suspended"),
    answered: ended("hangup"),
    busy: ended("refused"),
    cancelled: ended("cancelled"),
    barred: refused("high-risk-destination"),
    "ended by suspension": ended("suspended"),
    "refused to a suspended account": refused("account-suspended"),
    "moved to the other host": value("ringfence_trunk_failovers_total"),
    "wrong passwords": value('ringfence_authentications_total{result="failed"}'),
    "sources banned": value("ringfence_bans_total"),
    "hosts that went down": value('ringfence_trunk_host_changes_total{trunk="carrier",state="down"}'),
    "accounts suspended": value("ringfence_suspensions_total"),
  };
}

/** Kinds of alert that the day leads to: a machine that is slow has others besides. */
const alerted: readonly string[] = ["repeated-failures", "fraud"];

/** @param kinds of the alerts that somebody tells of */
export function sumOfAlerts(kinds: readonly string[]): Sums {
  return { "alerts opened": kinds.filter((kind) => alerted.includes(kind)).length };
}

export function alertsOfJson(text: string): Sums {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return sumOfAlerts(
    lines.flatMap(({ event, reason, kind }) => (event === "alert" && reason === "opened" ? kind : [])),
  );
}

export function alertsOfSyslog(text: string): Sums {
  const opened = messagesOf(text).filter((message) => message.includes(' event="alert" reason="opened" '));
  return sumOfAlerts(opened.map((message) => cut(message, ' kind="', '"') ?? ""));
}

export function alertsOfMetrics(page: string): Sums {
  const open = page.split("\n").filter((line) => line.startsWith("ringfence_alerts_open{"));
  return sumOfAlerts(
    open.flatMap((line) => Array(Number(line.slice(line.lastIndexOf(" ") + 1))).fill(cut(line, 'kind="', '"'))),
  );
}

/** That each says what the script did, of whatever it can tell. Printed for people. */
export function agree(told: Readonly<Record<string, Sums>>): void {
  console.log(table({ script, ...told }));
  for (const [name, sums] of Object.entries(told))
    for (const [quantity, sum] of Object.entries(sums))
      expect({ name, quantity, sum }).toEqual({ name, quantity, sum: script[quantity as Quantity] });
}

function table(told: Readonly<Record<string, Sums>>): string {
  const names = Object.keys(told);
  const rows = (Object.keys(script) as Quantity[]).map((quantity) => [
    quantity.padEnd(31),
    ...names.map((name) => String(told[name]?.[quantity] ?? "-").padStart(8)),
  ]);
  return [["".padEnd(31), ...names.map((name) => name.padStart(8))], ...rows].map((row) => row.join("")).join("\n");
}
