/** `npm run bench`: every benchmark, or the sections that are named, and one table. See docs/performance.md. */
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Figure, Plan } from "./bench.ts";
import { conditions, has, packageOf } from "./machine.ts";
import { writeTable } from "./page.ts";
import { chosen, type Section, sections } from "./sections.ts";
import { asMarkdown, asText, linesOf } from "./table.ts";

const usage = `npm run bench -- [section ...] [options]
  sections${sections.map(({ name, benches }) => `\n    ${name}: ${benches.map((bench) => bench.name).join(" ")}`).join("")}
  --only NAME,NAME   some of the benchmarks behind the colons
  --rounds N         rounds of each system, at least 3 for a figure that counts (3)
  --quick            shorter rounds
  --profile FOLDER   writes CPU profiles of Ringfence there, and prints where the time went; the figures do not count then
  --json FILE        the figures of every round
  --markdown         the table as Markdown
  --write            puts each section's table into docs/performance.md; whole sections, so not with --only
`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string" },
    rounds: { type: "string", default: "3" },
    quick: { type: "boolean", default: false },
    profile: { type: "string" },
    json: { type: "string" },
    markdown: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

interface Outcome {
  readonly section: string;
  readonly figures: readonly Figure[];
  readonly failed: readonly string[];
}

async function main(): Promise<number> {
  const rounds = Number(options.rounds);
  const wanted = chosen(positionals, options.only?.split(","));
  const partly = options.write && options.only !== undefined;
  if (options.help || wanted === undefined || partly || !Number.isInteger(rounds) || rounds < 1) {
    say(usage);
    return options.help ? 0 : 2;
  }
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });
  const head = [...conditions(), `rounds: ${rounds}, median; ${options.quick ? "quick" : "full length"}`];
  const outcomes: Outcome[] = [];
  for (const section of wanted)
    outcomes.push(await run(section, { rounds, quick: options.quick, profiles: options.profile, say }));
  report(head, outcomes);
  for (const program of new Set(wanted.flatMap(({ benches }) => benches.flatMap(({ peers }) => peers))))
    if (!has(program)) say(`missing: ${program}, and with it its rows (apt-get install ${packageOf(program)})`);
  const failed = outcomes.flatMap((outcome) => outcome.failed);
  if (failed.length > 0) say(`failed: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

async function run({ name, benches }: Section, plan: Plan): Promise<Outcome> {
  const figures: Figure[] = [];
  const failed: string[] = [];
  for (const bench of benches) {
    say(`\n== ${bench.name}`);
    try {
      figures.push(...(await bench.run(plan, has)));
    } catch (error) {
      // What the others have measured is worth having.
      failed.push(bench.name);
      say(`${bench.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { section: name, figures, failed };
}

function report(head: readonly string[], outcomes: readonly Outcome[]): void {
  const figures = outcomes.flatMap((outcome) => outcome.figures);
  const lines = linesOf(figures);
  say(`\n${head.join("\n")}\n\n${options.markdown ? asMarkdown(lines) : asText(lines)}`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ head, figures, lines }, null, 2)}\n`);
  for (const outcome of options.write ? outcomes : []) {
    // A table without the rows that failed would look whole.
    if (outcome.failed.length === 0) writeTable(outcome.section, head, asMarkdown(linesOf(outcome.figures)));
  }
}

function say(line: string): void {
  console.log(line);
}

process.exitCode = await main();
