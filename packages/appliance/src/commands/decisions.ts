/** `ringfence decisions [--json]`: what was decided last, the oldest first; with `--json` one object a line, for `replay`. */
import type { Decision } from "@ringfence/edge";
import { asciiJson } from "../ascii-json.ts";
import type { CliContext } from "../cli.ts";
import { askRunning } from "../control/ask-running.ts";
import { exitCodes } from "../failures.ts";
import { cleanText } from "../logs/clean-text.ts";

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

/** @throws RingfenceError */
export async function decisions({ config, json }: Options, context: CliContext): Promise<number> {
  const { terminal } = context;
  let count = 0;
  for (let after = 0; ; ) {
    const page = await askRunning(config, context, { command: "decisions", after });
    for (const decision of page.decisions) {
      terminal.out(json === true ? asciiJson(decision) : cleanText(decisionLine(decision)));
    }
    count += page.decisions.length;
    if (page.decisions.length === 0) break;
    after = page.last;
  }
  if (count === 0 && json !== true) terminal.out("nothing was decided yet");
  return exitCodes.ok;
}

const words = { allow: "let through", reject: "refused", drop: "dropped", end: "ended" } as const;

export function decisionLine({ id, at, action, reason = "", account, from, to, source, method }: Decision): string {
  const when = `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
  const who = account ?? from ?? source ?? "";
  const what = [method ?? "", who, to === undefined ? "" : `-> ${to}`].filter((part) => part !== "").join(" ");
  return `${id}  ${when}  ${words[action].padEnd(11)}  ${reason.padEnd(22)}  ${what}`.trimEnd();
}
