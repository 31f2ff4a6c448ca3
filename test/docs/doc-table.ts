import { readFileSync } from "node:fs";

/**
 * The rows of the first table under a heading of a page in docs/, each as its cells, code marks taken off.
 * Empty when the page has no such heading or no table under it.
 */
export function tableUnder(page: string, heading: string): readonly (readonly string[])[] {
  const lines = readFileSync(new URL(`../../docs/${page}`, import.meta.url), "utf8").split("\n");
  const start = lines.indexOf(heading);
  if (start < 0) return [];
  const end = lines.findIndex((line, index) => index > start && line.startsWith("## "));
  const section = lines.slice(start, end < 0 ? lines.length : end).filter((line) => line.startsWith("|"));
  return section.slice(2).map((line) => line.slice(1, -1).split("|").map(plainCell));
}

/** A cell that is one piece of code loses its marks; a sentence keeps those inside it. */
function plainCell(cell: string): string {
  const text = cell.trim();
  const inner = text.slice(1, -1);
  return text.startsWith("`") && text.endsWith("`") && !inner.includes("`") ? inner : text;
}
