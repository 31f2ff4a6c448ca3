/** `ringfence reload [--confirm 5m]`, `confirm` and `rollback [generation]`: ask the running one, and show what it says. */
import { parseDuration, RingfenceError } from "@ringfence/policy";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import type { ReloadReport } from "../reload-ports.ts";
import type { Terminal } from "../terminal.ts";

/** Certificates and host names are looked up on the way; a reload that takes longer hangs. */
const longestReloadMs = 60_000;

/** @throws RingfenceError */
export async function reload(
  options: { readonly config?: string; readonly confirm?: string },
  context: CliContext,
): Promise<number> {
  const confirmMs = options.confirm === undefined ? undefined : readConfirm(options.confirm);
  const asked = { command: "reload", by: context.environment.userName, ...(confirmMs && { confirmMs }) } as const;
  const { report } = await askRunning(options.config, context, asked, longestReloadMs);
  return show(report, "reloaded", context.terminal);
}

/** @throws RingfenceError */
export async function confirm(options: { readonly config?: string }, context: CliContext): Promise<number> {
  const asked = { command: "confirm", by: context.environment.userName } as const;
  const { generation } = await askRunning(options.config, context, asked);
  context.terminal.out(`confirmed: generation ${generation} stays`);
  return exitCodes.ok;
}

/** @throws RingfenceError */
export async function rollback(
  to: string | undefined,
  options: { readonly config?: string },
  context: CliContext,
): Promise<number> {
  const number = to === undefined ? undefined : readGeneration(to);
  const asked = { command: "rollback", by: context.environment.userName, ...(number && { to: number }) } as const;
  const { report } = await askRunning(options.config, context, asked, longestReloadMs);
  const code = show(report, "rolled back", context.terminal);
  if (report.outcome === "applied") {
    context.terminal.warning(
      `The file on the disk is as it was: the next reload or start takes it. To keep what serves now: ./ringfence history ${report.generation} > FILE`,
    );
  }
  return code;
}

/** @throws RingfenceError `usage` */
export function readGeneration(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  throw new RingfenceError("usage", "a generation is a whole number", "./ringfence history lists them.");
}

function readConfirm(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000 && ms <= 86_400_000) return ms;
  throw new RingfenceError(
    "usage",
    "--confirm takes a time from 1s to 1d",
    "For example: ./ringfence reload --confirm 5m",
  );
}

function show(report: ReloadReport, done: string, terminal: Terminal): number {
  const { outcome, generation, lines, standing, warnings, confirmUntil, exitCode } = report;
  for (const warning of warnings) terminal.warning(warning);
  if (outcome === "refused") {
    for (const line of lines) terminal.problem(line);
    terminal.problem(`refused: the configuration before it (generation ${generation}) goes on serving`);
  } else {
    const first =
      outcome === "unchanged"
        ? `unchanged: generation ${generation} goes on serving`
        : `${done}: generation ${generation}`;
    terminal.out([first, ...lines.map((line) => `  ${line}`), ...standing].join("\n"));
  }
  if (confirmUntil !== null) terminal.warning(`goes back by itself at ${confirmUntil}: ./ringfence confirm keeps it`);
  return exitCode;
}
