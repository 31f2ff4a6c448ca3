import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withTables } from "./hardening-page.ts";

test("docs/hardening.md asks what the audit asks (write it anew with: node test/docs/hardening.ts)", () => {
  const page = readFileSync(new URL("../../docs/hardening.md", import.meta.url), "utf8");
  expect(page).toBe(withTables(page));
});
