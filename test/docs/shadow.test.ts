/** The table of what can be in shadow, and by which key, is what the code says; a rule that nobody has classified does not compile. */
import { rulesElsewhere } from "@ringfence/edge";
import { type Shadowing, shadowingOf } from "@ringfence/policy";
import { expect, test } from "vitest";
import { tableUnder } from "./doc-table.ts";

function words(by: Shadowing): string {
  if ("keys" in by) return by.keys.join(" or ");
  return "instead" in by ? `${by.instead} looks without refusing` : `never: ${by.never}`;
}

test("docs/policy.md says of every rule what puts it in shadow", () => {
  const groups = new Map<string, string[]>();
  const add = (how: string, what: string): void => void groups.set(how, [...(groups.get(how) ?? []), what]);
  for (const [reason, by] of Object.entries(shadowingOf)) add(words(by), reason);
  for (const [rule, key] of Object.entries(rulesElsewhere)) add(key, rule);
  const rows = tableUnder("policy.md", "## In shadow").map(([how = "", what = ""]) => [
    how.replaceAll("`", ""),
    what.replaceAll("`", "").split(", "),
  ]);
  expect(rows).toEqual([...groups].map(([how, what]) => [how, what]));
});
