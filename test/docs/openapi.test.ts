import { openApi, routes } from "@ringfence/admin";
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";

test("the description of the API is OpenAPI 3.1, and names every route once", async () => {
  const document = openApi(routes, "1.0.0");
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
  const operations = Object.values(document.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    (path) => Object.values(path),
  );
  expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(routes).sort());
});
