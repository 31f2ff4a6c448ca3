import type { DestinationRule } from "../config/policy-config.ts";
import { type DialledNumber, nobody } from "../number/dialled.ts";
import type { Policy, TargetUri } from "../policy.ts";
import { rejectReasons } from "../reasons.ts";
import type { SignalSubject } from "../subject.ts";
import { type Candidate, destinationTable, type Scope } from "./destination-table.ts";
import { type Filter, looksOn, opensDialog, passes, rejects, type Step } from "./filter.ts";
import { unlistedRules } from "./unlisted.ts";

type Emergency = (uri: TargetUri) => boolean;

/** What the rules say of one number. `inside`: it may be an extension, which only the PBX knows. */
type Judge = (number: DialledNumber, where: "inside" | "outside") => Step;

const unmatched = passes("destination", "no rule matches");
const notAsked = passes("destination", "the request calls nobody outside");
const spared = passes("destination", "an emergency call: not limited");
const extension = passes("destination", "maybe an extension: judged if it leaves by a trunk");

/**
 * Where a call may go: the first rule that matches says. Asked for calls of phones and for calls that the PBX sends to a
 * carrier, because a forwarding that somebody set up in the PBX is how toll fraud leaves; and for what a phone would have the
 * PBX call by REFER.
 *
 * From a phone, digits that are no number of the world may be an extension, which only the PBX knows: of those only rules for
 * digits as dialled are asked. If the PBX sends them to a carrier, they are judged there by every rule.
 */
export function destinationFilter(rules: readonly DestinationRule[], isEmergency: Emergency): Filter {
  const judge = destinationJudge(rules);
  return (subject, { emergency }) => {
    if (!asked(subject)) return notAsked;
    const number = subject.number ?? nobody;
    if (emergency || isEmergencyTransfer(subject, number, isEmergency)) return spared;
    return judge(number, subject.side === "core" ? "outside" : "inside");
  };
}

/** The same for a number alone, whoever has it called: see `Policy.decideDestination`. */
export function destinationRule(
  rules: readonly DestinationRule[],
  isEmergency: Emergency,
  ofAccount: (account: string, number: DialledNumber) => Step,
): Policy["decideDestination"] {
  const judge = destinationJudge(rules);
  return (number, way) => {
    const { dialled } = number;
    const emergency = isEmergency({ scheme: "sip", user: dialled, raw: dialled });
    const steps = emergency ? [spared] : [judge(number, way === "outside" ? "outside" : "inside")];
    if (typeof way === "object" && steps[0]?.reason === undefined) steps.push(ofAccount(way.account, number));
    const chain = steps.flatMap(({ shadow, trace }) => (shadow === undefined ? [trace] : [shadow, trace]));
    const shadow = steps.find((step) => step.shadow !== undefined)?.shadow;
    const refused = steps.find(({ reason }) => reason !== undefined);
    if (refused?.reason === undefined) return { action: "allow", emergency, chain, shadow };
    const { reason, trace } = refused;
    return { action: "reject", status: rejectReasons[reason].status, reason, rule: trace.rule, chain, shadow };
  };
}

/** A rule in shadow is asked first, and then as if it were not there; what holds for unlisted numbers is not asked of what it lists. */
function destinationJudge(rules: readonly DestinationRule[]): Judge {
  const placed = rules.map((rule, place) => ({ rule, ...stepsOf(rule, `policy.destinations[${place}]`, "") }));
  const unlisted = unlistedRules.map((rule) => ({ rule, ...stepsOf(rule, "policy.destinations", "no rule allows ") }));
  const everything = judgeOf([...placed, ...unlisted]);
  if (rules.every(({ mode }) => mode === "enforce")) return everything;
  const enforced = judgeOf(placed.filter(({ rule }) => rule.mode === "enforce"));
  const looking = new Set(
    placed.filter(({ rule }) => rule.mode === "shadow").flatMap(({ plain, other }) => [plain, other]),
  );
  return (number, where) => {
    const said = everything(number, where);
    return looking.has(said) ? looksOn(said, enforced(number, where)) : said;
  };
}

function judgeOf(placed: readonly PlacedRule[]): Judge {
  const table = destinationTable(placed.map(({ rule }) => rule));
  return (number, where) => {
    const maybeExtension = number.world === undefined && where === "inside";
    const scope: Scope = maybeExtension ? "as-dialled" : "every-rule";
    const won = table.first(asDialled(number), scope, placed.length);
    const step = won === undefined ? (maybeExtension ? extension : unmatched) : (placed[won]?.plain ?? unmatched);
    if (step.reason !== undefined) return step;
    for (const world of number.others) {
      const other = table.first({ world, digits: undefined, type: world.type }, "conditional", won ?? placed.length);
      const found = other === undefined ? undefined : placed[other]?.other;
      if (found?.reason !== undefined) return found;
    }
    return step;
  };
}

function asked(subject: SignalSubject): boolean {
  if (subject.side === "trunk" || (subject.side === "core" && subject.trunk === undefined)) return false;
  return opensDialog(subject) || subject.method === "REFER";
}

export function isEmergencyTransfer(
  { method }: SignalSubject,
  { dialled }: DialledNumber,
  isEmergency: Emergency,
): boolean {
  return method === "REFER" && isEmergency({ scheme: "sip", user: dialled, raw: dialled });
}

function asDialled({ world, form, dialled }: DialledNumber): Candidate {
  const digits = form === "name" ? undefined : dialled.startsWith("+") ? dialled.slice(1) : dialled;
  return { world, digits, type: world?.type ?? (form === "local" ? "local" : undefined) };
}

interface PlacedRule extends RuleSteps {
  readonly rule: DestinationRule;
}

interface RuleSteps {
  readonly plain: Step;
  /** When the number could be read as one that the rule is about. */
  readonly other: Step;
}

function stepsOf(rule: DestinationRule, key: string, before: string): RuleSteps {
  const what = before + describeRule(rule);
  if (rule.action === "allow") {
    const step = passes("destination", `allowed: ${what}`, "pass", key);
    return { plain: step, other: step };
  }
  return {
    plain: rejects("destination", rule.reason, what, key),
    other: rejects("destination", rule.reason, `could be read as: ${what}`, key),
  };
}

/** The conditions of a rule in words. */
function describeRule({ prefix, list, country, type }: DestinationRule): string {
  const parts = [
    ...(prefix === undefined ? [] : [`prefix ${shortened(prefix)}`]),
    ...(list === undefined ? [] : [`list ${list}`]),
    ...(country === undefined ? [] : [`country ${shortened(country)}`]),
    ...(type === undefined ? [] : [`type ${shortened(type)}`]),
  ];
  return parts.length === 0 ? "every number" : parts.join(" and ");
}

function shortened(words: readonly string[]): string {
  const shown = words.slice(0, 4).join(", ");
  return words.length > 4 ? `${shown}, ... (${words.length})` : shown;
}
