/** From the line about a call's end, or about one that was refused, to a row of the book of calls. */
import type { EdgeEvent } from "@ringfence/edge";
import type { NewRecord, RecordFields } from "@ringfence/store";
import { qualityFields } from "../call-quality.ts";

/** What stands beside the person, in the order of the export. */
export const factFields: readonly string[] = [
  "call",
  "decision",
  "first_decision",
  "side",
  "trunk",
  "host",
  "transport",
  "b_side",
  "b_transport",
  "reason",
  "rule",
  "status",
  "ended_by",
  "emergency",
  "identity",
  "b_call_id",
  "ring_ms",
  "setup_ms",
  "duration_ms",
  ...qualityFields,
  "suppressed",
];

/** Addresses may be a person's, and a phone may write one into its Call-ID. */
export const personFields: readonly string[] = ["account", "from", "to", "asserted", "source", "b_source", "a_call_id"];

/** Extensions are shorter and name a desk, not a person outside. */
const shortestOutside = 6;
const hiddenDigits = 3;

/**
 * @param event with its fields of quality
 * @param hide the last digits of numbers outside
 * @returns undefined for what is no end of a call. What a stranger tried is in the log, and in no row: there is no end to it.
 */
export function recordOf(event: EdgeEvent, at: number, hide: boolean): NewRecord | undefined {
  const kind = kindOf(event);
  if (kind === undefined) return undefined;
  const person = picked(event, personFields);
  if (!hide) return { kind, at, facts: picked(event, factFields), person };
  const shown = Object.entries(person).map(([name, value]) => [name, withoutSuffix(String(value))]);
  return { kind, at, facts: picked(event, factFields), person: Object.fromEntries(shown) };
}

/** A refusal that names a call is told by the last line of that call, or was about one that goes on. */
function kindOf({ event, method, ended_by, account, trunk, side, call }: EdgeEvent): "call" | "refused" | undefined {
  if (event === "call" && ended_by !== undefined) return "call";
  const known = account !== undefined || trunk !== undefined || side === "core";
  return event === "refused" && method === "INVITE" && call === undefined && known ? "refused" : undefined;
}

function picked(event: EdgeEvent, names: readonly string[]): RecordFields {
  const values = event as Readonly<Record<string, unknown>>;
  const fields: Record<string, string | number | boolean> = {};
  for (const name of names) {
    const value = values[name];
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") fields[name] = value;
  }
  return fields;
}

function withoutSuffix(number: string): string {
  let digits = 0;
  for (const character of number) if (character >= "0" && character <= "9") digits++;
  const plain = digits + (number.startsWith("+") ? 1 : 0) === number.length;
  return plain && digits >= shortestOutside ? `${number.slice(0, -hiddenDigits)}***` : number;
}
