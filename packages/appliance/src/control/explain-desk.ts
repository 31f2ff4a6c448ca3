/** What the running Ringfence answers about decisions: those that it made, and those that it would make now. */
import type { Decision, EdgeHandle, KeptBan } from "@ringfence/edge";
import {
  type Config,
  explainAnswer,
  explainVerdict,
  keyLines,
  PrefixSet,
  parseCidr,
  RingfenceError,
  type RuleFile,
} from "@ringfence/policy";
import { readConfigFile } from "../config-file.ts";
import { callerOf, describeCall, subjectOf } from "../explain-call.ts";
import { type ExplainedCall, loadText } from "../explain-text.ts";
import { type ConfigHistory, editionOf, type Generation } from "../generations/history.ts";
import type { Loaded } from "../loading.ts";
import type { ControlDesk } from "./protocol.ts";

/** Of an answer: 500 decisions are a megabyte at most. */
const PAGE = 500;

export function explainDesk(
  edge: Pick<EdgeHandle, "decisions" | "bans">,
  inForce: () => Pick<Loaded, "file" | "policy">,
  history: EarlierTexts,
): Pick<ControlDesk, "explain" | "ask" | "decisions"> {
  return {
    explain: ({ id }) => {
      const decision = edge.decisions.find(id);
      if (decision === undefined) throw unknown(id);
      return { explained: explainDecision(decision, fileOf(decision.edition, inForce(), history)) };
    },
    ask: ({ command: _, ...call }) => {
      const { file, policy } = inForce();
      const subject = subjectOf(call, file.config, policy, (of) => edge.decisions.load(of));
      const bans = edge.bans().filter((ban) => isAbout(ban, call.source, call.from));
      return {
        explained: {
          file: file.name,
          call: describeCall(subject, call),
          number: subject.number,
          notes: [["in use now", loadText(subject.load)], ...bans.map(banNote)],
          explanation: explainVerdict(policy.decideSignal(subject), subject, ruleFile(file)),
          by: "policy",
        },
      };
    },
    decisions: ({ after }) => edge.decisions.page(after, PAGE),
  };
}

/** What the history knows of configurations that were replaced. */
interface EarlierTexts extends Pick<ConfigHistory, "textOf"> {
  ofEdition(edition: string): Pick<Generation, "number"> | undefined;
}

interface KnownFile extends RuleFile {
  readonly name: string | null;
  readonly note: string;
}

export function explainDecision(decision: Decision, file: KnownFile): ExplainedCall {
  const { id, at, subject, action, status, reason, chain, by } = decision;
  const caller = subject ?? decision;
  return {
    file: file.name,
    call: describeDecision(decision),
    number: subject?.number,
    notes: [
      ["decision", `${id}, ${new Date(at).toISOString()}`],
      ["rules of", file.note],
      ...(subject === undefined ? [] : [["in use then", loadText(subject.load)] as const]),
      ...(decision.call === undefined ? [] : [["call id", decision.call] as const]),
    ],
    explanation: explainAnswer({ action, status, reason, chain }, caller, file),
    by,
  };
}

function describeDecision({ side = "phone", account, trunk, from, to, method, source, transport }: Decision): string {
  const known = account !== undefined || side !== "phone";
  const who = known ? callerOf({ side, account, trunk }) : `${from ?? "somebody"}, not registered,`;
  const wants = method === undefined || method === "INVITE" ? "calls" : `sends ${method} to`;
  const whom = to === undefined ? "" : ` ${to}`;
  const what = method === undefined && to === undefined ? who : `${who} ${wants}${whom}`;
  return `${what}${source === undefined ? "" : `, from ${source}`}${transport === undefined ? "" : ` over ${transport}`}`;
}

/** The rules that decided: those in force, or those of a generation that is still kept. */
function fileOf(edition: string, { file }: Pick<Loaded, "file">, history: EarlierTexts): KnownFile {
  if (editionOf(file.text) === edition) return { ...ruleFile(file), name: file.name, note: `${file.name}, in force` };
  const generation = history.ofEdition(edition);
  const text = generation === undefined ? undefined : history.textOf(generation.number);
  if (generation === undefined || text === undefined) {
    return { lineOf: () => undefined, trunks: [], name: null, note: "a configuration that is not kept any more" };
  }
  const name = `generation ${generation.number}`;
  return { ...ruleFile(readConfigFile(file.name, text)), name, note: `${name}, not in force any more` };
}

function ruleFile({ text, config }: { readonly text: string; readonly config: Config }): RuleFile {
  return { lineOf: keyLines(text), trunks: config.trunks.map(({ name }) => name) };
}

function isAbout({ kind, label }: KeptBan, source: string, account: string | undefined): boolean {
  if (kind === "account") return label === account;
  const block = parseCidr(label);
  return typeof block !== "string" && new PrefixSet([block]).has(source);
}

function banNote({ kind, label, reason, until }: KeptBan): readonly [string, string] {
  const what = {
    source: "is banned: nothing of it is read",
    suspect: "may only register",
    account: "is locked for new places",
  };
  return ["ban", `${label} ${what[kind]} (${reason}), until ${new Date(until).toISOString()}`];
}

function unknown(id: string): RingfenceError {
  const remedy =
    "The last 10,000 are kept while the process lives; of an older one the log has the line with rule and reason: search it for the id.";
  return new RingfenceError("no-such-decision", `no decision ${id} is kept here`, remedy);
}
