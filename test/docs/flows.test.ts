/** The table of flows in docs/testing-laboratory.md names what there is: every role, every file, every test. */
import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const text = readFileSync(`${root}/docs/testing-laboratory.md`, "utf8");
const section = text.slice(text.indexOf("## Flows played by SIPp"), text.indexOf("## How to run it"));
const rows = section
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| Flow"))
  .map((line) => line.slice(2, -2).split(" | "));
const quoted = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name);

test("every role stands in the table, and every role of the table is a file", () => {
  const files = globSync(`${root}/test/interop/sipp/*.xml`).map((path) => basename(path, ".xml"));
  const named = new Set(rows.flatMap(([, , , roles = ""]) => quoted(roles)));
  expect([...named].sort()).toEqual(files.sort());
});

test("every flow of the table is a test of that name", () => {
  // Names made of parts are looked for by their end.
  const source = (file: string): string => readFileSync(`${root}/test/interop/${file}.test.ts`, "utf8");
  const missing = rows.filter(([name = "", file = ""]) => {
    const end = name.replace("within 4 s", "").split("calls one on UDP, TCP or TLS").at(-1) ?? name;
    return !source(quoted(file)[0] ?? "").includes(end.trim());
  });
  expect(missing).toEqual([]);
});
