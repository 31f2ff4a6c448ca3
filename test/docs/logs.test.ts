/** docs/logs.md against the code: events with their areas, and the one order of fields. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { qualityFields } from "../../packages/appliance/src/call-quality.ts";
import { eventsOf } from "../../packages/appliance/src/logs/areas.ts";
import { lineFields } from "../../packages/appliance/src/logs/line-fields.ts";
import { syslogMessage } from "../../packages/appliance/src/logs/syslog/message.ts";
import { isTest, sourcesIn } from "../architecture/sources.ts";
import { writtenFields } from "../support/written-fields.ts";
import { tableUnder } from "./doc-table.ts";

test("the events of each area stand in docs/logs.md as they are in the code", () => {
  const documented = tableUnder("logs.md", "## Levels").map(([area, events = ""]) => [
    area,
    events.split(", ").map((event) => event.replaceAll("`", "")),
  ]);
  expect(documented).toEqual(Object.entries(eventsOf));
});

test("every event that the code logs has an area: add it to logs/areas.ts and to docs/logs.md", () => {
  const known = new Set<string>(Object.values(eventsOf).flat());
  const ours = sourcesIn("packages").filter((source) => !isTest(source));
  const unknown = ours.flatMap(({ path, text }) => {
    const found = [...text.matchAll(/\bevent: "([a-z._-]+)"/gu)].map(([, event = ""]) => event);
    return found.filter((event) => !known.has(event)).map((event) => `${path}: ${event}`);
  });
  expect(unknown).toEqual([]);
});

test("the fields of a line stand in docs/logs.md in their order, with how they are masked", () => {
  const plain = lineFields.filter(([name]) => !qualityFields.includes(name));
  const documented = tableUnder("logs.md", "## Fields")
    .filter(([name = ""]) => !name.includes(" ... "))
    .map((row) => row.slice(0, 2));
  expect(documented).toEqual(plain);
});

test("the fields of each leg are one row of docs/logs.md, and stand where it does", () => {
  const rows = tableUnder("logs.md", "## Fields").map(([name = ""]) => name.replaceAll("`", ""));
  for (const leg of ["a_", "b_"]) {
    const names = qualityFields.filter((name) => name.startsWith(leg));
    const row = rows.indexOf(`${names[0]} ... ${names.at(-1)}`);
    expect(row).toBeGreaterThan(0);
    expect(lineFields.findIndex(([name]) => name === names[0])).toBeGreaterThan(
      lineFields.findIndex(([name]) => name === rows[row - 1]?.split(" ")[0]),
    );
  }
});

const page = readFileSync(new URL("../../docs/logs.md", import.meta.url), "utf8");
const examples = page.split("\n").filter((line) => line.startsWith('{"level"'));

test("the examples in docs/logs.md have their fields in that order, one line for each kind of thing that happens", () => {
  const order = ["level", "time", ...lineFields.map(([name]) => name)];
  for (const line of examples) {
    const known = Object.keys(JSON.parse(line)).filter((name) => order.includes(name));
    expect(known).toEqual(known.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)));
  }
  const events = new Set(examples.map((line) => JSON.parse(line).event));
  for (const event of ["ready", "request", "call", "registration", "refused", "ban", "reload", "audit"])
    expect(events).toContain(event);
});

test("the example of a refusal in docs/logs.md is what the collector gets, in both formats", () => {
  const { level, time, ...fields } = JSON.parse(examples.find((line) => line.includes('"refused"')) ?? "{}");
  const line = { at: Date.parse(time), time, level, fields: writtenFields(fields) };
  const origin = { facility: 16, hostname: "sbc1", pid: 16_696, version: "0.1.0", most: 8_192 };
  for (const format of ["rfc5424", "cef"] as const)
    expect(page).toContain(`\n${syslogMessage(line, { ...origin, format }, 7)}\n`);
});
