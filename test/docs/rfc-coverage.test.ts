import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/rfc-coverage.md`, "utf8");

/** Paths of all that may be a test, from the root. */
const files = ["packages", "test"].flatMap((folder) =>
  readdirSync(root + folder, { recursive: true, encoding: "utf8" })
    .filter((path) => !path.includes("node_modules"))
    .map((path) => `${folder}/${path}`),
);

/** `call-end`, `via.test`, `register.test.ts`, `test/fuzz` or `l01-*`: what the page calls a test, or a folder of them. */
function named(name: string): readonly string[] {
  const file = name.endsWith(".ts") ? name : `${name.endsWith(".test") ? name : `${name}.test`}.ts`;
  const found = files.filter((path) => `/${path}`.endsWith(`/${file}`));
  if (found.length > 0) return found;
  if (name.endsWith("*")) return files.filter((path) => `/${path}`.includes(`/${name.slice(0, -1)}`));
  return name.includes("/") ? files.filter((path) => path === name || path.startsWith(`${name}.`)) : [];
}

/** The last cell of each row of each table, without the heads; a bar in a code mark is none of a cell. */
const cells = page
  .split("\n")
  .filter(
    (line) =>
      line.startsWith("|") && !line.startsWith("| Clause") && !line.startsWith("|--") && !line.startsWith("| --"),
  )
  .map((line) => line.slice(0, -1).split("|").at(-1) ?? "");

test("every test that docs/rfc-coverage.md names is there", () => {
  const names = new Set(cells.flatMap((cell) => [...cell.matchAll(/`([^`\s]+)`/g)].map(([, name]) => name ?? "")));
  expect(names.size).toBeGreaterThan(40);
  expect([...names].filter((name) => named(name).length === 0)).toEqual([]);
});

test("the words that docs/rfc-coverage.md quotes of a test stand in it", () => {
  const quotes = cells.flatMap((cell) => [...cell.matchAll(/`([^`\s]+)` "([^"]+)"/g)]);
  expect(quotes.length).toBeGreaterThan(60);
  const missing = quotes.filter(([, name = "", words = ""]) => {
    const sources = named(name).map((path) => readFileSync(root + path, "utf8"));
    return !sources.some((source) => source.includes(words.replaceAll("\\", "")));
  });
  expect(missing.map(([whole]) => whole)).toEqual([]);
});
