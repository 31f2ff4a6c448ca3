/** docs/logs.md against the code: events with their areas, and the one order of fields. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { qualityFields } from "../../packages/appliance/src/call-quality.ts";
import { eventsOf } from "../../packages/appliance/src/logs/areas.ts";
import { lineFields } from "../../packages/appliance/src/logs/line-fields.ts";
import { tableUnder } from "./doc-table.ts";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));

test("the events of each area stand in docs/logs.md as they are in the code", () => {
  const documented = tableUnder("logs.md", "## Levels").map(([area, events = ""]) => [
    area,
    events.split(", ").map((event) => event.replaceAll("`", "")),
  ]);
  expect(documented).toEqual(Object.entries(eventsOf));
});

test("every event that the code logs has an area: add it to logs/areas.ts and to docs/logs.md", () => {
  const known = new Set<string>(Object.values(eventsOf).flat());
  const unknown = sources().flatMap((file) => {
    const text = readFileSync(file, "utf8");
    const found = [...text.matchAll(/\bevent: "([a-z._-]+)"/gu)].map(([, event = ""]) => event);
    return found.filter((event) => !known.has(event)).map((event) => `${file.slice(packages.length)}: ${event}`);
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

function sources(): readonly string[] {
  return readdirSync(packages, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes("/src/") && name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .filter((name) => !name.includes("node_modules"))
    .map((name) => join(packages, name));
}
