/**
 * A dialled number, read once before any rule looks at it. What can be read in one way only is that number. What could be
 * another number to the PBX or to a carrier carries the other readings too: a rule that refuses looks at all of them, a rule
 * that allows at none. So no spelling carries a number past a rule, and none opens a door.
 */
import type { Convention } from "./convention.ts";
import { plainNumber } from "./plain.ts";
import { callingCodeOf, factsOf, habitsOf, mainCountryOf, type NumberType } from "./plan.ts";

/** A number with country code: what it is to the world. */
export interface WorldNumber {
  /** Without plus. */
  readonly e164: string;
  /** ISO 3166-1 alpha-2; three digits for a network of no country; undefined where the calling code is nobody's. */
  readonly country: string | undefined;
  readonly type: NumberType;
}

export interface DialledNumber {
  /** Without separators and parameters, a plus kept; the text itself where it is no number. */
  readonly dialled: string;
  /**
   * `international`, `national`: written so that it is a number of the world. `local`: an extension, a short code, a service
   * code, or digits that nobody can place. `name`: no number. `none`: nobody is dialled.
   */
  readonly form: "international" | "national" | "local" | "name" | "none";
  /** Forms `international` and `national`: the number; undefined for the others. */
  readonly world: WorldNumber | undefined;
  /** What else a PBX or a carrier could take it for. */
  readonly others: readonly WorldNumber[];
}

export const nobody: DialledNumber = { dialled: "", form: "none", world: undefined, others: [] };

/** Dialled for abroad somewhere; a number of the country itself is never read this way. */
const abroad = ["00", "011", "0011", "010", "810"];
/** Digits alone are taken for a number with country code from this length on: extensions are shorter. */
const leastBare = { known: 8, unknown: 7 } as const;
/** A suffix behind a service code that may be a number. */
const leastNumber = 7;
/** What is left of a name when all but a dial is taken away. */
const digitsAndMarks = "0123456789*#";
/** More readings than a number can have; nothing more is looked at. */
const mostOthers = 12;

/** @param text what stands before the `@`, escapes undone, parameters of the number included */
export function readDialled(text: string | undefined, convention: Convention): DialledNumber {
  if (text === undefined || text === "") return nobody;
  const plain = plainNumber(text);
  if (plain === undefined) return named(text, convention);
  const plus = text.charCodeAt(0) === 0x2b;
  const reading = read(plain, plus, convention);
  const context = text.includes(";") ? globalContext(text) : undefined;
  const others = context === undefined ? reading.others : [...reading.others, ...withCode(context + plain)];
  return { dialled: plus ? `+${plain}` : plain, form: reading.form, world: reading.world, others: distinct(others) };
}

type Reading = Pick<DialledNumber, "form" | "world" | "others">;

function read(digits: string, plus: boolean, convention: Convention): Reading {
  if (digits.includes("*") || digits.includes("#")) return local(behindService(digits, convention));
  // No country code begins with 0: somebody wrote a plus before what is dialled.
  if (plus && !digits.startsWith("0")) return international(digits, none);
  const [longest, ...shorter] = convention.international?.beginnings(digits) ?? [];
  if (longest !== undefined) {
    return international(digits.slice(longest), () => [
      ...shorter.flatMap((length) => withCode(digits.slice(length))),
      ...suspects(digits, convention),
    ]);
  }
  const { nationalPrefix, callingCode, bareNational } = convention;
  const led = nationalPrefix !== "" && digits.startsWith(nationalPrefix);
  if (callingCode !== "" && led) {
    return national(callingCode + digits.slice(nationalPrefix.length), () => suspects(digits, convention));
  }
  if (callingCode !== "" && bareNational && factsOf(callingCode + digits).complete) {
    return national(callingCode + digits, none);
  }
  return local(suspects(digits, convention));
}

function local(others: readonly WorldNumber[]): Reading {
  return { form: "local", world: undefined, others };
}

type Others = () => readonly WorldNumber[];

const none: Others = () => [];

/** A number that is one of its plan has no other reading, and most are. */
function national(e164: string, others: Others): Reading {
  const { country, type, complete } = factsOf(e164);
  return { form: "national", world: { e164, country, type }, others: complete ? [] : others() };
}

function international(e164: string, others: Others): Reading {
  const { country, type, complete } = factsOf(e164);
  const world = { e164, country, type };
  return { form: "international", world, others: complete ? [] : [...withoutTrunkPrefix(e164), ...others()] };
}

/** `+49 (0) 900 ...`: the 0 is for those who dial at home, and most switches drop it. */
function withoutTrunkPrefix(e164: string): readonly WorldNumber[] {
  const code = callingCodeOf(e164) ?? "";
  const prefix = habitsOf(mainCountryOf(code) ?? "")?.nationalPrefix ?? "";
  if (prefix === "" || !e164.startsWith(prefix, code.length)) return [];
  return [bare(code + e164.slice(code.length + prefix.length))];
}

function bare(e164: string): WorldNumber {
  const { country, type } = factsOf(e164);
  return { e164, country, type };
}

/** With a country code that exists: the number, and what it is without the prefix of those at home. */
function withCode(e164: string): readonly WorldNumber[] {
  if (callingCodeOf(e164) === undefined) return [];
  return [bare(e164), ...withoutTrunkPrefix(e164)];
}

/** Digits that were not dialled as a number of the world, and could be taken for one. */
function suspects(digits: string, { callingCode, nationalPrefix }: Convention): readonly WorldNumber[] {
  const found = abroad.flatMap((prefix) => (digits.startsWith(prefix) ? withCode(digits.slice(prefix.length)) : []));
  const least = callingCode === "" ? leastBare.unknown : leastBare.known;
  if (digits.length >= least) found.push(...withCode(digits));
  if (callingCode !== "" && nationalPrefix !== "" && factsOf(callingCode + digits).complete) {
    found.push(bare(callingCode + digits));
  }
  return found;
}

/** `*31#0088...`, `*670088...`: a service for this call, then its number. */
function behindService(digits: string, convention: Convention): readonly WorldNumber[] {
  const last = Math.max(digits.lastIndexOf("*"), digits.lastIndexOf("#"));
  const tails = [1, 3, 4].map((skipped) => digits.slice(last + skipped));
  return tails.filter((tail) => tail.length >= leastNumber).flatMap((tail) => everyReading(tail, convention));
}

function everyReading(digits: string, convention: Convention): readonly WorldNumber[] {
  const { world, others } = read(digits, false, convention);
  return [...(world === undefined ? [] : [world]), ...others, ...suspects(digits, convention)];
}

/** No number as it stands; what a switch would make of it that reads the digits alone. */
function named(text: string, convention: Convention): DialledNumber {
  const semicolon = text.indexOf(";");
  const dialled = semicolon < 0 ? text : text.slice(0, semicolon);
  let digits = "";
  for (const character of dialled) if (digitsAndMarks.includes(character)) digits += character;
  const others = digits.length >= leastNumber ? [...everyReading(digits, convention), ...withCode(digits)] : [];
  return { dialled, form: "name", world: undefined, others: distinct(others) };
}

/** RFC 3966 §5.1.5: `;phone-context=+882` is the beginning of the number. */
function globalContext(text: string): string | undefined {
  for (const parameter of text.split(";").slice(1)) {
    const equals = parameter.indexOf("=");
    if (parameter.slice(0, equals).toLowerCase() !== "phone-context") continue;
    const value = parameter.slice(equals + 1);
    return value.startsWith("+") ? plainNumber(value) : undefined;
  }
  return undefined;
}

function distinct(numbers: readonly WorldNumber[]): readonly WorldNumber[] {
  if (numbers.length < 2) return numbers;
  return [...new Map(numbers.map((number) => [number.e164, number])).values()].slice(0, mostOthers);
}
