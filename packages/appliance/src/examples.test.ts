/** Every file under deploy/examples is one that this version takes. */
import { readdirSync, readFileSync } from "node:fs";
import { compile, loadConfig } from "@ringfence/policy";
import { expect, test } from "vitest";

const folder = new URL("../../../deploy/examples/", import.meta.url);

test.each(readdirSync(folder))("deploy/examples/%s is good", (name) => {
  const loaded = loadConfig(readFileSync(new URL(name, folder), "utf8"));
  expect(loaded).toMatchObject({ ok: true });
  if (loaded.ok) expect(() => compile(loaded.config)).not.toThrow();
});
