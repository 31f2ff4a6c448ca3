/**
 * Threat L14: what a peer may have written into anything that somebody is called for is text in the webhook, in the mail, in the log with
 * its syslog, at the command line, in the answer of the API and in the metrics.
 */
import { expect, test } from "vitest";
import type { Alert } from "../../packages/appliance/src/alerts/alert.ts";
import { AlertBook } from "../../packages/appliance/src/alerts/alert-book.ts";
import { alertDesk } from "../../packages/appliance/src/alerts/alert-desk.ts";
import type { Alerts } from "../../packages/appliance/src/alerts/alerts.ts";
import { LineReader } from "../../packages/appliance/src/alerts/line-reader.ts";
import { mailOf, webhookBody } from "../../packages/appliance/src/alerts/message.ts";
import type { Notice } from "../../packages/appliance/src/alerts/rounds.ts";
import { formatAlerts } from "../../packages/appliance/src/commands/alerts.ts";
import type { LogEvent } from "../../packages/appliance/src/logs/log-event.ts";
import { readFrames } from "../../packages/appliance/src/logs/syslog/frames.ts";
import { written } from "../support/every-output.ts";
import { mark, payloads, unsafe } from "../support/payloads.ts";

/** Every line that leads to an alert, with the payload wherever somebody else's words may stand. */
function linesWith(text: string): readonly LogEvent[] {
  return [
    { event: "ban", reason: "wrong-passwords", account: text },
    { event: "ban", reason: "refused-destinations", source: text },
    { event: "fraud", reason: "burst", account: text, detail: "suspend" },
    { event: "fraud", reason: "service-silent", detail: text },
    { event: "bug", detail: text },
    { event: "reload", reason: "refused", changes: text },
    { event: "media.engine_lost", reason: text },
    { event: "log-file", reason: "not-written", detail: text },
  ];
}

/** As they are kept when all of it was read. */
function alertsOf(text: string): AlertBook {
  const [reader, book] = [new LineReader("off"), new AlertBook()];
  for (const line of linesWith(text)) {
    const happened = reader.read(1_000, line);
    if (happened !== undefined) book.happened(1_000, happened);
  }
  book.stand(1_000, reader.conditions(1_000));
  return book;
}

function noticeOf(alert: Alert): Notice {
  const { kind, severity } = alert;
  return { receiver: "ops", kind, severity, at: 1_000, fresh: [alert], still: [], over: [] };
}

test.each(payloads.map((payload) => [payload]))(
  "threat L14: %j in an alert is text, wherever it is read",
  async (payload) => {
    const { open } = alertsOf(payload);
    // Two of them may be about the same place.
    expect(open.length).toBeGreaterThanOrEqual(linesWith(payload).length - 1);
    const shown = payload.includes(mark) ? mark : payload;
    // It was read, and told: nothing here is safe for want of being there.
    expect(
      JSON.stringify(open.map((alert) => webhookBody(noticeOf(alert), "sbc"))).split(shown).length,
    ).toBeGreaterThan(4);
    for (const alert of open) {
      const body = JSON.stringify(webhookBody(noticeOf(alert), "sbc"));
      expect(body).not.toMatch(unsafe);
      expect(JSON.parse(body)).toMatchObject({ version: 1, kind: alert.kind, alerts: [{ id: alert.id }] });
      const mail = mailOf(noticeOf(alert), "sbc");
      expect(mail.subject).not.toContain(shown);
      // Title, alert, what to do: as many lines as without it.
      expect(mail.text.split("\n")).toHaveLength(7);
      expect(mail.text.replaceAll("\n", "")).not.toMatch(unsafe);
    }
    const desk = alertDesk({ book: { open, past: [] } } as unknown as Alerts);
    const answer = await desk.alerts({ command: "alerts" });
    expect(JSON.stringify(answer)).not.toMatch(unsafe);
    for (const line of formatAlerts(answer.open, answer.past)) expect(line).not.toMatch(unsafe);
  },
);

test("threat L14: the log's own line about an alert stays one line in each of its outputs", async () => {
  const all = payloads.flatMap((payload) => alertsOf(payload).open);
  const outputs = await written("off", (log) => {
    for (const { id, kind, severity, object, detail } of all)
      log.line("warn", { event: "alert", reason: "opened", alert: id, kind, severity, object, detail });
  });
  for (const name of ["standard output", "file"]) {
    const lines = (outputs.get(name) ?? "").trimEnd().split("\n");
    expect(lines).toHaveLength(all.length);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ event: "alert", reason: "opened" });
  }
  for (const name of ["rfc5424", "cef"]) {
    const octets = Buffer.from(outputs.get(name) ?? "");
    const { messages, end } = readFrames(octets);
    expect([messages.length, end]).toEqual([all.length, octets.length]);
    for (const message of messages) expect(String(message).replace("\u{feff}", "")).not.toMatch(unsafe);
  }
});
