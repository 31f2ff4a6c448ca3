import { readFileSync } from "node:fs";
import { configJsonSchema, configurationPage, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";

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
