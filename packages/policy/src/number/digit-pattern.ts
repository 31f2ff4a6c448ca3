/**
 * Patterns of numbering plans (`900\d{6}|1(?:2[3-5]|60)\d{4,7}`) as one automaton without empty steps (Glushkov's): a place
 * for each digit of a pattern, and what may follow it. `digit-automaton.ts` walks it.
 */
import { RingfenceError } from "../ringfence-error.ts";

/** Several patterns, told apart by a tag each. */
export interface Places {
  /** The digits a place takes, as ten bits. */
  readonly sets: number[];
  readonly follow: number[][];
  /** Places that a number may begin at. */
  readonly first: number[];
  /** Tags of the patterns that end at a place. */
  readonly ends: number[][];
}

export function noPlaces(): Places {
  return { sets: [], follow: [], first: [], ends: [] };
}

/** @throws RingfenceError when the text is no such pattern: it comes from a library of exact version, and a test reads all of it */
export function addPattern(places: Places, text: string, tag: number): void {
  const reader: Reader = { text, at: 0, places };
  const whole = readAlternatives(reader);
  if (reader.at !== text.length || whole.nullable) throw noPattern(text);
  places.first.push(...whole.first);
  for (const place of whole.last) places.ends[place]?.push(tag);
}

interface Reader {
  readonly text: string;
  readonly places: Places;
  at: number;
}

/** A part of a pattern: whether it may be left out, and the places it begins and ends with. */
interface Part {
  readonly nullable: boolean;
  readonly first: readonly number[];
  readonly last: readonly number[];
}

const nothing: Part = { nullable: true, first: [], last: [] };

function readAlternatives(reader: Reader): Part {
  let part = readSequence(reader);
  while (reader.text[reader.at] === "|") {
    reader.at++;
    const other = readSequence(reader);
    part = {
      nullable: part.nullable || other.nullable,
      first: [...part.first, ...other.first],
      last: [...part.last, ...other.last],
    };
  }
  return part;
}

function readSequence(reader: Reader): Part {
  let part = nothing;
  for (let next = reader.text[reader.at]; next !== undefined && next !== "|" && next !== ")"; ) {
    part = joined(reader.places, part, readRepeated(reader));
    next = reader.text[reader.at];
  }
  return part;
}

function joined({ follow }: Places, a: Part, b: Part): Part {
  for (const place of a.last) follow[place]?.push(...b.first);
  return {
    nullable: a.nullable && b.nullable,
    first: a.nullable ? [...a.first, ...b.first] : a.first,
    last: b.nullable ? [...a.last, ...b.last] : b.last,
  };
}

/** A part, written out as often as it is to be there: each time at places of its own. */
function readRepeated(reader: Reader): Part {
  const from = reader.at;
  let part = readOnce(reader);
  const { least, most } = readCounts(reader);
  const to = reader.at;
  const again = (): Part => {
    reader.at = from;
    return readOnce(reader);
  };
  for (let count = 1; count < least; count++) part = joined(reader.places, part, again());
  let rest = nothing;
  // From the end, so that each of the rest needs the one before: x(x(x)?)?
  for (let count = Math.max(least, 1); count < most; count++) {
    rest = { ...joined(reader.places, again(), rest), nullable: true };
  }
  reader.at = to;
  const whole = joined(reader.places, part, rest);
  return least === 0 ? { ...whole, nullable: true } : whole;
}

function readOnce(reader: Reader): Part {
  if (!reader.text.startsWith("(?:", reader.at)) return placeFor(reader, readSet(reader));
  reader.at += 3;
  const group = readAlternatives(reader);
  expect(reader, ")");
  return group;
}

function placeFor({ places }: Reader, set: number): Part {
  const place = places.sets.push(set) - 1;
  places.follow.push([]);
  places.ends.push([]);
  return { nullable: false, first: [place], last: [place] };
}

function readSet(reader: Reader): number {
  if (reader.text[reader.at] !== "[") return readDigit(reader);
  reader.at++;
  let set = 0;
  while (reader.text[reader.at] !== "]") {
    const first = readDigit(reader);
    set |= first;
    if (reader.text[reader.at] !== "-") continue;
    reader.at++;
    const last = readDigit(reader);
    for (let digit = first; digit <= last; digit <<= 1) set |= digit;
  }
  reader.at++;
  return set;
}

/** `\d` or a digit. */
function readDigit(reader: Reader): number {
  const { text, at } = reader;
  if (text.startsWith("\\d", at)) {
    reader.at += 2;
    return 0b11_1111_1111;
  }
  const digit = text.charCodeAt(at) - 0x30;
  if (!(digit >= 0 && digit <= 9)) throw noPattern(text);
  reader.at++;
  return 1 << digit;
}

function readCounts(reader: Reader): { readonly least: number; readonly most: number } {
  if (reader.text[reader.at] === "?") {
    reader.at++;
    return { least: 0, most: 1 };
  }
  if (reader.text[reader.at] !== "{") return { least: 1, most: 1 };
  reader.at++;
  const least = readCount(reader);
  if (reader.text[reader.at] === "}") {
    reader.at++;
    return { least, most: least };
  }
  expect(reader, ",");
  const most = readCount(reader);
  expect(reader, "}");
  return { least, most };
}

function readCount(reader: Reader): number {
  let count = 0;
  for (let digit = digitAt(reader); digit >= 0 && digit <= 9; digit = digitAt(reader)) {
    count = count * 10 + digit;
    reader.at++;
  }
  return count;
}

function digitAt({ text, at }: Reader): number {
  return text.charCodeAt(at) - 0x30;
}

function expect(reader: Reader, character: string): void {
  if (reader.text[reader.at] !== character) throw noPattern(reader.text);
  reader.at++;
}

function noPattern(text: string): RingfenceError {
  return new RingfenceError("numbering-plan", `no pattern of digits: ${text}`, "Install the packages again.");
}
