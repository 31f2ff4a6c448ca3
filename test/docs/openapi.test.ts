import { createConfig, lintFromString } from "@redocly/openapi-core";
import { openApi, routes } from "@ringfence/admin";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";

const document = openApi(routes, "1.0.0");

test("the description of the API is OpenAPI 3.1, and names every route once", async () => {
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const operations = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    (path) => Object.values(path),
  );
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(routes).sort());
});

test("a linter with every rule that it recommends finds nothing in it, and finds what is wrong in another", async () => {
  const problemsOf = async (description: object): Promise<readonly string[]> => {
    const config = await createConfig({ extends: ["recommended-strict"] });
    const problems = await lintFromString({ source: JSON.stringify(description), config });
    return problems.map(({ ruleId, message, location: [place] }) => `${ruleId}: ${message} (${place?.pointer})`);
  };
  expect(await problemsOf(document)).toEqual([]);
  expect(await problemsOf({ ...document, security: [{ nobody: [] }] })).not.toEqual([]);
});
