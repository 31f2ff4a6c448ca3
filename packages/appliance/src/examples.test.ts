/** Every file under deploy/examples is one that this version takes. */
import { readdirSync, readFileSync } from "node:fs";
import { compile, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";

const folder = new URL("../../../deploy/examples/", import.meta.url);
const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".yaml"));

test.each(names)("deploy/examples/%s is good", (name) => {
  const loaded = loadConfig(readFileSync(new URL(name, folder), "utf8"));
  expect(loaded).toMatchObject({ ok: true });
  if (loaded.ok) expect(() => compile(loaded.config)).not.toThrow();
});

test.each(names.filter((name) => name.startsWith("carriers/")))("deploy/examples/%s has nothing to warn of", (name) => {
  const loaded = loadConfig(readFileSync(new URL(name, folder), "utf8"));
  // Each shows one carrier alone: one that takes no emergency calls has others beside it.
  const warnings = loaded.ok ? loaded.warnings.filter(({ code }) => code !== "emergency-without-trunk") : undefined;
  expect(warnings).toEqual([]);
});
