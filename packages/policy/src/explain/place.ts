/**
 * From the key that a rule names to the place in the file. Rules are shared by all accounts and trunks and name theirs as `NAME` and
 * `[]`; who called says which entry is meant.
 */
import type { KeyLines } from "../config/key-lines.ts";
import type { PathStep } from "../config/yaml-document.ts";
import type { SignalSubject } from "../subject.ts";

export interface Caller {
  readonly side?: SignalSubject["side"] | undefined;
  readonly account?: string | undefined;
  readonly trunk?: string | undefined;
}

export interface RuleFile {
  readonly lineOf: KeyLines;
  /** Names of the trunks, in their order. */
  readonly trunks: readonly string[];
}

export interface Place {
  readonly key: string;
  /** From 1; undefined where the file says nothing and the default holds. */
  readonly line: number | undefined;
}

const ofAccounts = "policy.accounts.NAME.";
const ofTrunks = "trunks[].";

/** `policy.destinations[3]`, `policy.accounts.NAME.hours`, `trunks[].limits.calls` as the file has them. */
export function placeOf(key: string, caller: Caller, { lineOf, trunks }: RuleFile): Place {
  const paths = candidates(key, caller, trunks);
  for (const path of paths) {
    const line = lineOf(path);
    if (line !== undefined) return { key: written(path), line };
  }
  return { key: written(paths[0] ?? []), line: undefined };
}

function candidates(key: string, { side, account, trunk }: Caller, trunks: readonly string[]): readonly PathStep[][] {
  const at = trunk === undefined ? -1 : trunks.indexOf(trunk);
  if (key.startsWith(ofAccounts)) {
    const rest = stepsOf(key.slice(ofAccounts.length));
    // To a carrier the trunk pays: what an account may use is what `limits.out` says there.
    if (side === "core" && at >= 0) return [["trunks", at, "limits", "out", ...rest]];
    const entries = account === undefined ? ["default"] : [account, "default"];
    return entries.map((entry) => ["policy", "accounts", entry, ...rest]);
  }
  if (key.startsWith(ofTrunks)) {
    const rest = stepsOf(key.slice(ofTrunks.length));
    return at >= 0
      ? [
          ["trunks", at, ...rest],
          ["trunks", at],
        ]
      : [["trunks"]];
  }
  return [stepsOf(key)];
}

function stepsOf(key: string): PathStep[] {
  return key.split(".").flatMap((part): readonly PathStep[] => {
    const bracket = part.indexOf("[");
    return bracket < 0 ? [part] : [part.slice(0, bracket), Number(part.slice(bracket + 1, -1))];
  });
}

function written(path: readonly PathStep[]): string {
  let text = "";
  for (const step of path) text += typeof step === "number" ? `[${step}]` : text === "" ? step : `.${step}`;
  return text;
}
