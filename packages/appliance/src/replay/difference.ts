/** What other rules would say of the same calls: counted by rule, and listed as far as there is room. */
import { explainVerdict, type Policy, type RuleFile, type SignalSubject } from "@ringfence/policy";
import { callerOf } from "../explain-call.ts";
import { type RecordedCall, type Said, subjectUnder } from "./recorded-call.ts";

/** One file's rules. */
export interface Rules {
  /** As the user wrote its name. */
  readonly name: string;
  readonly policy: Policy;
  readonly file: RuleFile;
}

export interface ChangedCall {
  /** ISO 8601. */
  readonly at: string;
  readonly caller: string;
  readonly target: string;
  readonly source: string;
  readonly before: Said;
  readonly after: Said;
}

export interface ChangedRule {
  readonly now: "refused" | "let in" | "refused otherwise";
  readonly reason: string;
  readonly rule: string;
  calls: number;
}

/** Beyond it calls are counted, and not listed. */
const MOST_LISTED = 10_000;
const MOST_RULES = 1_000;

export class Difference {
  readonly #now: Rules;
  readonly #before: Rules | undefined;
  readonly #rules = new Map<string, ChangedRule>();
  readonly changed: ChangedCall[] = [];
  readonly counts = { calls: 0, allowed: 0, refused: 0, refusedNow: 0, letInNow: 0, otherwise: 0, unreadable: 0 };
  from = Number.POSITIVE_INFINITY;
  to = Number.NEGATIVE_INFINITY;

  /** @param before undefined: what the record says of each call; where it says nothing, that it was let in */
  constructor(now: Rules, before: Rules | undefined) {
    this.#now = now;
    this.#before = before;
  }

  /** Most calls first. */
  get rules(): readonly ChangedRule[] {
    return [...this.#rules.values()].sort((a, b) => b.calls - a.calls);
  }

  add(call: RecordedCall): void {
    const { counts } = this;
    const subject = subjectUnder(call, this.#now.policy);
    if (subject === undefined) {
      counts.unreadable += 1;
      return;
    }
    counts.calls += 1;
    this.from = Math.min(this.from, call.at);
    this.to = Math.max(this.to, call.at);
    const after = said(this.#now, subject);
    const before = this.#saidBefore(call);
    if (after.action === "allow") counts[before.action === "allow" ? "allowed" : "letInNow"] += 1;
    else if (before.action === "allow") counts.refusedNow += 1;
    else counts[before.reason === after.reason ? "refused" : "otherwise"] += 1;
    if (after.action !== before.action || after.reason !== before.reason) this.#note(call, subject, before, after);
  }

  #saidBefore(call: RecordedCall): Said {
    if (this.#before === undefined) return call.was ?? letIn;
    const subject = subjectUnder(call, this.#before.policy);
    return subject === undefined ? letIn : said(this.#before, subject);
  }

  #note(call: RecordedCall, subject: SignalSubject, before: Said, after: Said): void {
    const now = after.action === "allow" ? "let in" : before.action === "allow" ? "refused" : "refused otherwise";
    const { reason = "", rule = "" } = after.action === "allow" ? before : after;
    const key = `${now}\n${reason}\n${rule}`;
    const known = this.#rules.get(key);
    if (known !== undefined) known.calls += 1;
    else if (this.#rules.size < MOST_RULES) this.#rules.set(key, { now, reason, rule, calls: 1 });
    if (this.changed.length >= MOST_LISTED) return;
    const at = new Date(call.at).toISOString();
    const target = subject.targetUser ?? subject.targetRaw;
    this.changed.push({ at, caller: callerOf(subject), target, source: call.source, before, after });
  }
}

const letIn: Said = { action: "allow", reason: undefined, rule: undefined };

function said({ name, policy, file }: Rules, subject: SignalSubject): Said {
  const verdict = policy.decideSignal(subject);
  if (verdict.action === "allow") return letIn;
  const { rules } = explainVerdict(verdict, subject, file);
  const last = rules.at(-1);
  const place =
    last?.key === undefined ? "" : `  ${last.line === undefined ? "default" : `${name}:${last.line}`} ${last.key}`;
  return { action: verdict.action, reason: verdict.reason, rule: `${last?.note ?? ""}${place}` };
}
