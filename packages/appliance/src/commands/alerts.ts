/** `ringfence alerts [--json]`, `ringfence alerts test [NAME]`, `ringfence alerts acknowledge ID`. */
import { RingfenceError } from "@ringfence/policy";
import type { ShownAlert } from "../alerts/alert-desk.ts";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import { cleanText } from "../logs/clean-text.ts";

export interface AlertOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** A receiver that hangs is waited for so long. */
const PATIENCE = 30_000;
const MOST_PAST = 20;

/** @throws RingfenceError */
export async function listAlerts({ config, json }: AlertOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const { open, past } = await askRunning(config, context, { command: "alerts" });
  if (json === true) terminal.out(JSON.stringify({ open, past }, undefined, 2));
  else for (const line of formatAlerts(open, past)) terminal.out(cleanText(line));
  return exitCodes.ok;
}

/** @throws RingfenceError */
export async function testAlert(to: string | undefined, options: AlertOptions, context: CliContext): Promise<number> {
  const { terminal } = context;
  const { answers } = await askRunning(options.config, context, { command: "test-alert", to }, PATIENCE);
  for (const { receiver, way, ok, said } of answers) {
    terminal.out(cleanText(`${receiver} by ${way}: ${ok ? "took it" : "DID NOT TAKE IT"}: ${said}`));
  }
  return answers.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.refused;
}

/** @throws RingfenceError */
export async function acknowledge(text: string, options: AlertOptions, context: CliContext): Promise<number> {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1) {
    throw new RingfenceError("usage", `${text} is no number of an alert`, "./ringfence alerts lists them.");
  }
  const by = context.environment.userName;
  await askRunning(options.config, context, { command: "acknowledge", id, by });
  context.terminal.out(`alert ${id} is acknowledged: nobody is told of it again while it is open`);
  return exitCodes.ok;
}

export function formatAlerts(open: readonly ShownAlert[], past: readonly ShownAlert[]): readonly string[] {
  const seen = ({ acknowledged }: ShownAlert): string =>
    acknowledged === null ? "" : `, acknowledged by ${acknowledged.by === "" ? "somebody" : acknowledged.by}`;
  const head = ({ id, severity, kind, at, times }: ShownAlert): string =>
    `#${id} ${severity} ${kind}, since ${iso(at)}${times > 1 ? `, ${times} times` : ""}`;
  const lines = open.flatMap((one) => [`${head(one)}${seen(one)}`, `   ${one.text}`, `   ${one.runbook}`]);
  const last = past.slice(0, MOST_PAST).map((one) => `${head(one)}, over ${iso(one.ended ?? 0)}: ${one.text}`);
  return [
    ...(open.length === 0 ? ["nothing is wrong that anybody would be told of"] : lines),
    ...(last.length === 0 ? [] : ["", "over:", ...last]),
  ];
}

function iso(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19);
}
