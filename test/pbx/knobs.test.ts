import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { defaultKnobs, describeKnobs, knobNames, knobRow, setKnob } from "./knobs.ts";

const folder = import.meta.dirname;
const readme = readFileSync(`${folder}/README.md`, "utf8").split("\n");

test("every knob stands in the README as it is in the table, and the README has no other", () => {
  // Cells are compared, not lines: the formatter pads the columns.
  const cells = (row: string): string[] => row.split("|").map((cell) => cell.trim());
  const rows = readme.filter((line) => line.startsWith("| `"));
  expect(rows.map(cells)).toEqual(knobNames.map(knobRow).map(cells));
});

test("every knob is used", () => {
  const sources = readdirSync(folder)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && name !== "knobs.ts")
    .map((name) => readFileSync(`${folder}/${name}`, "utf8"))
    .filter((text) => text.includes("nobs"))
    .join("\n");
  const used = knobNames.filter(
    (name) =>
      sources.includes(`nobs.${name}`) ||
      sources.includes(` ${name}, `) ||
      sources.includes(` ${name} }`) ||
      sources.includes(`{ ${name} }`),
  );
  expect(used).toEqual(knobNames);
});

test("nothing of the product is imported, and nothing from the registry", () => {
  const from = (line: string): string => line.slice(line.lastIndexOf(" from ") + 7, -2);
  const imports = readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => readFileSync(`${folder}/${name}`, "utf8").split("\n"))
    .filter((line) => line.startsWith("import ") || line.startsWith("} from "))
    .filter((line) => line.endsWith(";"))
    .map(from);
  const foreign = imports.filter((name) => !name.startsWith("./") && !name.startsWith("node:") && name !== "vitest");
  expect(imports.length).toBeGreaterThan(100);
  expect(foreign).toEqual([]);
});

test("knobs are set by text, and wrong ones are refused with the reason", () => {
  const knobs = defaultKnobs();
  expect(setKnob(knobs, "silence", "on")).toBeUndefined();
  expect(setKnob(knobs, "expiresMax", "60")).toBeUndefined();
  expect(knobs).toMatchObject({ silence: true, expiresMax: 60 });
  expect(setKnob(knobs, "toString", "on")).toBe("unknown knob toString");
  expect(setKnob(knobs, "expiresMax", "-1")).toBe("expiresMax must be a whole number");
  expect(setKnob(knobs, "unknownSource", "418")).toBe("unknownSource must be one of 403 401 404 silent");
  expect(describeKnobs().split("\n")).toHaveLength(knobNames.length);
});
