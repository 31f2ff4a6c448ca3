/**
 * `ringfence explain ID`: why the running one decided so. `ringfence explain --to NUMBER ...`: what it would decide now; with
 * `--config FILE` what the rules of that file say on a quiet machine.
 */
import { explainVerdict, keyLines, RingfenceError } from "@ringfence/policy";
import { asciiJson } from "../ascii-json.ts";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { type DescribedCall, describeCall, subjectOf } from "../explain-call.ts";
import { type ExplainedCall, explainText } from "../explain-text.ts";
import { exitCodes } from "../failures.ts";
import { loadEverything } from "../loading.ts";
import { cleanText } from "../logs/clean-text.ts";

export interface ExplainOptions extends Omit<DescribedCall, "to"> {
  readonly config?: string;
  readonly to?: string;
  /** With `config`: it names which of the running ones is asked. */
  readonly running?: boolean;
  readonly json?: boolean;
}

/** @throws ConfigError, RingfenceError */
export async function explain(id: string | undefined, options: ExplainOptions, context: CliContext): Promise<number> {
  const explained =
    id === undefined ? await explainCall(options, context) : await explainDecision(id, options, context);
  const { terminal } = context;
  if (options.json === true) terminal.out(asciiJson(flat(explained), 2));
  else for (const line of explainText(explained)) terminal.out(cleanText(line));
  return exitCodes.ok;
}

function flat({ explanation, ...call }: ExplainedCall) {
  return { ...call, ...explanation };
}

async function explainDecision(
  id: string,
  { config, to }: ExplainOptions,
  context: CliContext,
): Promise<ExplainedCall> {
  if (to !== undefined) throw new RingfenceError("bad-option", "an id and --to are two questions", "Ask one of them.");
  return (await askRunning(config, context, { command: "explain", id: id.toLowerCase() })).explained;
}

async function explainCall(
  { config, json: _, running = config === undefined, ...given }: ExplainOptions,
  context: CliContext,
): Promise<ExplainedCall> {
  const { to } = given;
  if (to === undefined) {
    throw new RingfenceError("bad-option", "nothing to explain", "Give a decision id of the log, or --to NUMBER.");
  }
  const call = { ...given, to };
  if (running || config === undefined)
    return (await askRunning(config, context, { command: "ask", ...call })).explained;
  const { file, policy } = await loadEverything(config, context.environment, async () => ({ cert: "", key: "" }));
  const subject = subjectOf(call, file.config, policy);
  const rules = { lineOf: keyLines(file.text), trunks: file.config.trunks.map(({ name }) => name) };
  return {
    file: file.name,
    call: describeCall(subject, call),
    number: subject.number,
    notes: [],
    explanation: explainVerdict(policy.decideSignal(subject), subject, rules),
    by: "policy",
  };
}
