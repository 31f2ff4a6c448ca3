import { configIssueCodes, rejectReasons } from "@ringfence/policy";
import { expect, test } from "vitest";
import { tableUnder } from "./doc-table.ts";

test("every reject reason stands in docs/errors.md as it is in the code, and nothing else does", () => {
  const documented = tableUnder("errors.md", "## Reject reasons");
  const inCode = Object.entries(rejectReasons).map(([code, { status, text, remedy }]) => [
    code,
    String(status),
    text,
    remedy,
  ]);
  expect(documented).toEqual(inCode);
});

test("every configuration issue stands in docs/errors.md as it is in the code, and nothing else does", () => {
  const documented = tableUnder("errors.md", "## Configuration issues");
  expect(documented).toEqual(Object.entries(configIssueCodes));
});
