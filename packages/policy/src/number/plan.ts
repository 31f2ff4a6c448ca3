/**
 * The numbering plans of the world: which country a number belongs to and what kind of line answers there. The data is
 * libphonenumber's (npm `libphonenumber-js`, its largest set); only the data is used, read into automata of our own.
 */
import metadata from "libphonenumber-js/metadata.max.json";
import { DigitAutomaton, type DigitState } from "./digit-automaton.ts";
import { addPattern, noPlaces, type Places } from "./digit-pattern.ts";

/** What answers, in the words of the configuration file. `fixed-or-mobile`: a plan that does not tell them apart, as +1. */
export const numberTypes = [
  "fixed",
  "mobile",
  "fixed-or-mobile",
  "toll-free",
  "shared-cost",
  "premium",
  "satellite",
  "voip",
  "personal",
  "company",
  "voicemail",
  "pager",
  "unknown",
] as const;
export type NumberType = (typeof numberTypes)[number];

/** Types as the data of a territory lists them. */
const listed: readonly NumberType[] = [
  "fixed",
  "mobile",
  "toll-free",
  "premium",
  "personal",
  "voicemail",
  "company",
  "pager",
  "voip",
  "shared-cost",
];

/** What a number is taken for that fits several, or begins as several: what costs most first. */
const costliest: readonly NumberType[] = [
  "premium",
  "shared-cost",
  "personal",
  "company",
  "toll-free",
  "voip",
  "pager",
  "voicemail",
];

/** ITU-T E.164: Inmarsat, the global mobile satellite systems, and of the networks in 882 EMSAT and Thuraya. */
const satellites = ["870", "881", "88213", "88216"];

export interface NumberFacts {
  /** ISO 3166-1 alpha-2; three digits for a network of no country; undefined where the calling code is nobody's. */
  readonly country: string | undefined;
  readonly type: NumberType;
  /** A number of its plan, no digit missing and none too many. */
  readonly complete: boolean;
}

export interface DiallingHabits {
  readonly callingCode: string;
  /** Fits the digits dialled before a number abroad. */
  readonly internationalPrefix: DigitAutomaton<boolean>;
  /** Empty: there is none. */
  readonly nationalPrefix: string;
}

type Rows = Readonly<Record<string, readonly unknown[]>>;
const countries = metadata.countries as unknown as Rows;
const networks = metadata.nonGeographic as unknown as Rows;
const codes: Readonly<Record<string, readonly string[]>> = metadata.country_calling_codes;

const callingCodes: ReadonlySet<string> = new Set([...Object.keys(codes), ...Object.keys(networks)]);

const unassigned: NumberFacts = { country: undefined, type: "unknown", complete: false };

/** Each is made when a number of it is first dialled: a file without destination rules makes none. */
const plans = new Map<string, DigitAutomaton<NumberFacts>>();

/** @param digits with country code, without plus */
export function factsOf(digits: string): NumberFacts {
  const code = callingCodeOf(digits);
  if (code === undefined) return unassigned;
  const facts = planOf(code).walk(digits, code.length);
  return satellites.some((prefix) => digits.startsWith(prefix)) ? { ...facts, type: "satellite" } : facts;
}

function planOf(code: string): DigitAutomaton<NumberFacts> {
  const known = plans.get(code);
  if (known !== undefined) return known;
  const plan = readPlan(code);
  plans.set(code, plan);
  return plan;
}

/** One to three digits; undefined where no country and no network has them. */
export function callingCodeOf(digits: string): string | undefined {
  for (let length = 1; length <= 3; length++) {
    const code = digits.slice(0, length);
    if (callingCodes.has(code)) return code;
  }
  return undefined;
}

/** ISO 3166-1 alpha-2, or a calling code of no country. */
export function isCountry(name: string): boolean {
  return Object.hasOwn(countries, name) || Object.hasOwn(networks, name);
}

/** The country that gives a calling code its name: US for 1. */
export function mainCountryOf(callingCode: string): string | undefined {
  return codes[callingCode]?.[0];
}

/** Asked for each number that is not one of its plan, and an automaton is dear: one for each country there is. */
const habits = new Map<string, DiallingHabits>();

/** How people dial there; undefined for what is no country. */
export function habitsOf(country: string): DiallingHabits | undefined {
  const row = Object.hasOwn(countries, country) ? countries[country] : undefined;
  if (row === undefined) return undefined;
  const known = habits.get(country) ?? readHabits(row);
  habits.set(country, known);
  return known;
}

function readHabits([callingCode, international, , , , national]: readonly unknown[]): DiallingHabits {
  return {
    callingCode: String(callingCode),
    internationalPrefix: prefixPattern(typeof international === "string" ? international : "00"),
    nationalPrefix: typeof national === "string" ? national : "",
  };
}

/** True for digits that are the whole of a prefix. */
export function prefixPattern(text: string): DigitAutomaton<boolean> {
  const places = noPlaces();
  addPattern(places, text, 0);
  return new DigitAutomaton(places, ({ whole }) => whole.length > 0);
}

/** Tags of a territory's patterns: `national` and `leading`, then a type each. */
const tagsEach = 2 + listed.length;
const [national, leading, types] = [0, 1, 2];

function readPlan(code: string): DigitAutomaton<NumberFacts> {
  const names = codes[code] ?? [code];
  const places = noPlaces();
  const led = names.map((name, index) => addTerritory(places, countries[name] ?? networks[name] ?? [], index));
  return new DigitAutomaton(places, (state) => conclude(names, led, state));
}

/** Columns as libphonenumber-js writes them. True: leading digits tell the territory from those it shares a code with. */
function addTerritory(places: Places, row: readonly unknown[], index: number): boolean {
  const first = index * tagsEach;
  const [, , whole] = row;
  const [begin, kinds] = [row[10], row[11]];
  if (typeof whole === "string") addPattern(places, whole, first + national);
  if (typeof begin === "string") addPattern(places, begin, first + leading);
  const texts = (Array.isArray(kinds) ? kinds : []).map((kind: unknown) => (Array.isArray(kind) ? kind[0] : undefined));
  for (const [at, text] of texts.entries()) {
    // Left empty where mobile numbers are those of fixed lines.
    if (typeof text === "string") addPattern(places, text === "" ? String(texts[0]) : text, first + types + at);
  }
  return typeof begin === "string";
}

/** What shares a calling code is told apart by leading digits where the plan has them, else by where the number fits. */
function conclude(
  names: readonly string[],
  led: readonly boolean[],
  { begun, whole }: DigitState<NumberFacts>,
): NumberFacts {
  const has = (tags: readonly number[], index: number, tag: number): boolean => tags.includes(index * tagsEach + tag);
  const typeAt = (index: number): NumberType => {
    const of = (tags: readonly number[]) => listed.filter((_, at) => has(tags, index, types + at));
    return typeOf(of(whole), of(begun));
  };
  const indexes = names.map((_, index) => index);
  const index =
    indexes.find((at) => led[at] === true && has(begun, at, leading)) ??
    indexes.find((at) => led[at] !== true && typeAt(at) !== "unknown") ??
    0;
  const fits = listed.some((_, at) => has(whole, index, types + at));
  return { country: names[index], type: typeAt(index), complete: fits && has(whole, index, national) };
}

/**
 * A switch takes the digits it needs and leaves the rest, so a paid number with digits behind it is still the paid number:
 * what fits as a whole is that; of the rest, what begins as one that costs.
 */
function typeOf(whole: readonly NumberType[], begun: readonly NumberType[]): NumberType {
  const special = costliest.find((type) => whole.includes(type));
  if (special !== undefined) return special;
  if (whole.length > 1) return "fixed-or-mobile";
  return whole[0] ?? costliest.find((type) => begun.includes(type)) ?? begun[0] ?? "unknown";
}
