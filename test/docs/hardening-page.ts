/** The tables of docs/hardening.md: what `audit` asks under each point. The prose around them is a person's. */
import { auditPoints } from "@ringfence/grade";

const end = "<!-- end -->";

/** @throws Error when a point has no place in the page */
export function withTables(page: string): string {
  return auditPoints.reduce((text, point) => {
    const begin = `<!-- point ${point.number} -->\n`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end, from);
    if (from < 0 || to < 0) throw new Error(`docs/hardening.md has no place for point ${point.number}`);
    const rows = point.checks.map(({ id, severity, title, fix, where }) => {
      return `| \`${id}\` | ${severity} | ${title} | ${fix.replaceAll("|", "\\|")} (${where}) |\n`;
    });
    const table = `| Id | Weight | What should hold | If it does not |\n| --- | --- | --- | --- |\n${rows.join("")}`;
    return text.slice(0, from + begin.length) + table + text.slice(to);
  }, page);
}
