/** What a fraud service is asked about a call, and what it may say: plain JSON either way. */
import type { DialledNumber, FraudServiceConfig } from "@ringfence/policy";
import type { Call } from "../call/call.ts";
import { userOf } from "../egress.ts";

/** The same words as in docs/fraud.md. */
export interface FraudQuestion {
  readonly version: 1;
  readonly call: string;
  /** `pbx`: the PBX sends it to a carrier, on whose behalf is not known. */
  readonly side: "phone" | "pbx";
  readonly account: string | null;
  readonly trunk: string | null;
  readonly from: string;
  readonly to: string;
  readonly country: string | null;
  readonly type: string | null;
  /** Address of the phone; null with `fields: masked`, and of the PBX. */
  readonly source: string | null;
}

export interface ServiceAnswer {
  readonly action: "allow" | "refuse" | "suspend";
  /** Accounts whose suspension it lifts. */
  readonly resume: readonly string[];
}

const actions = ["allow", "refuse", "suspend"] as const;
/** What becomes of a question: `unasked` while the service is left alone, or too many are under way. */
export const questionResults = [...actions, "unanswered", "unasked"] as const;
const MOST_RESUMED = 16;
const LONGEST_NAME = 64;
const MASKED_DIGITS = 4;

export function questionOf(
  { id, a, b, exchange }: Call,
  number: DialledNumber,
  fields: FraudServiceConfig["fields"],
): FraudQuestion {
  const shown = fields === "whole" ? (text: string): string => text : masked;
  const { world, others, dialled } = number;
  const reading = world ?? others[0];
  const phone = a.flow.side === "phone";
  const from = phone ? a.user : ((exchange && userOf(exchange.request.from.uri)) ?? "");
  return {
    version: 1,
    call: id,
    side: phone ? "phone" : "pbx",
    account: a.account ?? null,
    trunk: b.trunk ?? null,
    from: phone ? from : shown(from),
    to: shown(reading === undefined ? dialled : `+${reading.e164}`),
    country: reading?.country ?? null,
    type: reading?.type ?? null,
    source: fields === "whole" && phone ? a.flow.packetSource.address : null,
  };
}

/** What stands before says which country and which range, which is what fraud is known by. */
function masked(number: string): string {
  const shown = Math.max(0, number.length - MASKED_DIGITS);
  return number.slice(0, shown) + "*".repeat(number.length - shown);
}

/** Hostile input is a value: undefined for whatever is no answer. */
export function readAnswer(text: string): ServiceAnswer | undefined {
  const value = parsed(text);
  if (typeof value !== "object" || value === null) return undefined;
  const { action, resume = [] } = value as Readonly<Record<string, unknown>>;
  const known = actions.find((one) => one === action);
  if (known === undefined || !Array.isArray(resume) || resume.length > MOST_RESUMED) return undefined;
  const named = resume.every((name) => typeof name === "string" && name.length > 0 && name.length <= LONGEST_NAME);
  return named ? { action: known, resume: resume as readonly string[] } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
