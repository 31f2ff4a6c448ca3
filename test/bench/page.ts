/** The tables of docs/performance.md: one a section, each with the conditions it was made under. Everything else on the page stays. */
import { readFileSync, writeFileSync } from "node:fs";

const page = "docs/performance.md";

/** @throws Error when the page has no place for it */
export function writeTable(section: string, head: readonly string[], table: string): void {
  const marks = { begin: `<!-- figures: npm run bench -- ${section} --write -->`, end: `<!-- end of ${section} -->` };
  const text = readFileSync(page, "utf8");
  const [begin, end] = [text.indexOf(marks.begin), text.indexOf(marks.end)];
  if (begin < 0 || end < begin) throw new Error(`${page} has no place for the figures of ${section}`);
  const inside = [marks.begin, "", ...head.map((line) => `- ${line}`), "", table, "", ""].join("\n");
  writeFileSync(page, `${text.slice(0, begin)}${inside}${text.slice(end)}`);
}
