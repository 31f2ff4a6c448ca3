import type { DestinationRule } from "../config/policy-config.ts";
import { type DialledNumber, nobody } from "../number/dialled.ts";
import type { TargetUri } from "../policy.ts";
import type { SignalSubject } from "../subject.ts";
import { type Candidate, destinationTable, type Scope } from "./destination-table.ts";
import { type Filter, opensDialog, passes, rejects, type Step } from "./filter.ts";

/**
 * Where a call may go: the first rule that matches says. Asked for calls of phones and for calls that the PBX sends to a
 * carrier, because a forwarding that somebody set up in the PBX is how toll fraud leaves; and for what a phone would have the
 * PBX call by REFER.
 *
 * From a phone, digits that are no number of the world may be an extension, which only the PBX knows: of those only rules for
 * digits as dialled are asked. If the PBX sends them to a carrier, they are judged there by every rule.
 */
export function destinationFilter(rules: readonly DestinationRule[], isEmergency: (uri: TargetUri) => boolean): Filter {
  if (rules.length === 0) {
    const open = passes("destination", "no rule about destinations");
    return () => open;
  }
  const table = destinationTable(rules);
  const steps = rules.map(stepsOf);
  const notAsked = passes("destination", "the request calls nobody outside");
  const spared = passes("destination", "an emergency call: not limited");
  const unmatched = passes("destination", "no rule matches");
  const inside = passes("destination", "maybe an extension: judged if it leaves by a trunk");
  const judge = (number: DialledNumber, outside: boolean): Step => {
    const local = number.world === undefined;
    const scope: Scope = local && !outside ? "as-dialled" : "every-rule";
    const won = table.first(asDialled(number), scope, rules.length);
    const step = won === undefined ? (local && !outside ? inside : unmatched) : (steps[won]?.plain ?? unmatched);
    if (step.reason !== undefined) return step;
    for (const world of number.others) {
      const other = table.first({ world, digits: undefined, type: world.type }, "conditional", won ?? rules.length);
      const found = other === undefined ? undefined : steps[other]?.other;
      if (found?.reason !== undefined) return found;
    }
    return step;
  };
  return (subject, { emergency }) => {
    if (!asked(subject)) return notAsked;
    const number = subject.number ?? nobody;
    if (emergency || isEmergencyTransfer(subject, number, isEmergency)) return spared;
    return judge(number, subject.side === "core");
  };
}

function asked(subject: SignalSubject): boolean {
  if (subject.side === "trunk" || (subject.side === "core" && subject.trunk === undefined)) return false;
  return opensDialog(subject) || subject.method === "REFER";
}

function isEmergencyTransfer(
  { method }: SignalSubject,
  { dialled }: DialledNumber,
  isEmergency: (uri: TargetUri) => boolean,
): boolean {
  return method === "REFER" && isEmergency({ scheme: "sip", user: dialled, raw: dialled });
}

function asDialled({ world, form, dialled }: DialledNumber): Candidate {
  const digits = form === "name" ? undefined : dialled.startsWith("+") ? dialled.slice(1) : dialled;
  return { world, digits, type: world?.type ?? (form === "local" ? "local" : undefined) };
}

interface RuleSteps {
  readonly plain: Step;
  /** When the number could be read as one that the rule is about. */
  readonly other: Step;
}

function stepsOf(rule: DestinationRule, place: number): RuleSteps {
  const key = `policy.destinations[${place}]`;
  const what = describeRule(rule);
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
