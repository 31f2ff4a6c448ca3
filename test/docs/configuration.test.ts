import { readFileSync } from "node:fs";
import { configJsonSchema, configurationPage, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";
import { parse, stringify } from "yaml";

const page = readFileSync(new URL("../../docs/configuration.md", import.meta.url), "utf8");

test("docs/configuration.md is what the schema says (write it anew with: node test/docs/configuration.ts)", () => {
  expect(page).toBe(configurationPage());
});

test("docs/ringfence.schema.json is the schema, for editors", () => {
  const file = readFileSync(new URL("../../docs/ringfence.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(file)).toEqual(configJsonSchema());
});

test("the smallest file shown in docs/configuration.md is enough", () => {
  const shown = page.split("```yaml\n")[1]?.split("```")[0] ?? "";
  expect(shown).not.toBe("");
  expect(loadConfig(shown)).toMatchObject({ ok: true });
});

test.each(["README.md", "docs/quickstart.md"])("every whole configuration shown in %s is good", (file) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const shown = text
    .split("```yaml\n")
    .slice(1)
    .map((rest) => rest.split("```")[0] ?? "")
    .filter((yaml) => yaml.includes("pbx:\n"));
  expect(shown).not.toEqual([]);
  for (const yaml of shown) expect(loadConfig(yaml), yaml).toMatchObject({ ok: true });
});

/** Key, type and example of each row. */
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.slice(2, -2).split(" | "))
  .filter((cells) => cells.length >= 5)
  .map(([key = "", type = "", , example = ""]) => ({
    key: unquoted(key),
    type: type.trim(),
    example: unquoted(example),
  }))
  .filter(({ type }) => type !== "list of maps");

function unquoted(cell: string): string {
  return cell.trim().slice(1, -1);
}

test("every key has an example (of a new kind of value: `examples` in its leaf)", () => {
  expect(rows.length).toBeGreaterThan(200);
  expect(rows.filter(({ example }) => example === "").map(({ key, type }) => `${key}: ${type}`)).toEqual([]);
});

test("a file of all examples is read without a word about any of them", () => {
  const file: Record<string, unknown> = {};
  // The one or the other.
  for (const { key, example } of rows.filter((row) => row.key !== "pbx.address")) {
    put(file, key.replaceAll("NAME", "example").split("."), parse(example));
  }
  const loaded = loadConfig(stringify(file));
  const said = loaded.ok ? loaded.warnings : loaded.issues;
  const misread = ["unknown-key", "missing-key", "wrong-type", "bad-value", "bad-format", "out-of-range"];
  expect(said.filter(({ code }) => misread.includes(code)).map(({ path, message }) => `${path} ${message}`)).toEqual(
    [],
  );
});

/** `trunks[].hosts[].uri`: lists have one entry. */
function put(at: Record<string, unknown>, [step = "", ...rest]: readonly string[], value: unknown): void {
  const name = step.replace("[]", "");
  if (rest.length === 0) at[name] = value;
  else {
    at[name] ??= step === name ? {} : [{}];
    const inner = at[name];
    put((Array.isArray(inner) ? inner[0] : inner) as Record<string, unknown>, rest, value);
  }
}
