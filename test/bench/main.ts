/** `npm run bench`: every benchmark, one table. See docs/performance.md. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Bench, Figure, Plan } from "./bench.ts";
import { calls } from "./calls.ts";
import { growth } from "./growth.ts";
import { invite } from "./invite.ts";
import { junk } from "./junk.ts";
import { conditions, has, packageOf } from "./machine.ts";
import { memory } from "./memory.ts";
import { refresh } from "./refresh.ts";
import { relay } from "./relay.ts";
import { asMarkdown, asText, linesOf } from "./table.ts";

const benches: readonly Bench[] = [calls, growth, refresh, invite, junk, relay, memory];

const usage = `npm run bench -- [options]
  --only NAME,NAME   some of: ${benches.map(({ name }) => name).join(" ")}
  --rounds N         rounds of each system, at least 3 for a figure that counts (3)
  --quick            shorter rounds
  --profile FOLDER   writes CPU profiles of Ringfence there, and prints where the time went; the figures do not count then
  --json FILE        the figures of every round
  --markdown         the table as Markdown
  --write            puts it into docs/performance.md
`;

const page = "docs/performance.md";
const marks = { begin: "<!-- figures: npm run bench -- --write -->", end: "<!-- end of figures -->" };

const { values: options } = parseArgs({
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

async function main(): Promise<number> {
  if (options.help) {
    say(usage);
    return 0;
  }
  const wanted = options.only?.split(",") ?? benches.map(({ name }) => name);
  const rounds = Number(options.rounds);
  const unknown = wanted.filter((name) => !benches.some((bench) => bench.name === name));
  if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
    say(usage);
    return 2;
  }
  if (options.profile !== undefined) mkdirSync(options.profile, { recursive: true });
  const chosen = benches.filter(({ name }) => wanted.includes(name));
  const head = conditions();
  const figures: Figure[] = [];
  const failed: string[] = [];
  for (const bench of chosen) {
    say(`\n== ${bench.name}`);
    const plan: Plan = { rounds, quick: options.quick, profiles: options.profile, say };
    try {
      figures.push(...(await bench.run(plan, has)));
    } catch (error) {
      // What the others have measured is worth having.
      failed.push(bench.name);
      say(`${bench.name}: ${error instanceof Error ? error.message : error}`);
    }
  }
  report([...head, `rounds: ${rounds}, median; ${options.quick ? "quick" : "full length"}`], figures);
  for (const program of new Set(chosen.flatMap(({ peers }) => peers)))
    if (!has(program)) say(`missing: ${program}, and with it its rows (apt-get install ${packageOf(program)})`);
  if (failed.length > 0) say(`failed: ${failed.join(", ")}`);
  return failed.length > 0 ? 1 : 0;
}

function report(head: readonly string[], figures: readonly Figure[]): void {
  const lines = linesOf(figures);
  say(`\n${head.join("\n")}\n\n${options.markdown ? asMarkdown(lines) : asText(lines)}`);
  if (options.write) writePage(head, asMarkdown(lines));
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify({ head, figures, lines }, null, 2)}\n`);
}

/** The page keeps everything that stands outside its two marks. */
function writePage(head: readonly string[], table: string): void {
  const text = readFileSync(page, "utf8");
  const [before, rest = ""] = text.split(marks.begin);
  const [, after = ""] = rest.split(marks.end);
  const inside = [marks.begin, "", ...head.map((line) => `- ${line}`), "", table, "", marks.end].join("\n");
  writeFileSync(page, `${before}${inside}${after}`);
}

function say(line: string): void {
  console.log(line);
}

process.exitCode = await main();
