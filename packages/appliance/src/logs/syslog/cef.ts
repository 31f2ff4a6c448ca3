/** A line of the log in the Common Event Format, version 0: a header with bars, then `key=value` pairs. */
import { lineFields, type WrittenField } from "../line-fields.ts";
import type { LogLevel, WrittenLine } from "../log-event.ts";
import { fits, textOf } from "./texts.ts";

/** From 0 to 10. */
const severities: Readonly<Record<LogLevel, number>> = { fatal: 10, error: 8, warn: 6, info: 3, debug: 1, trace: 0 };

/** Keys of the format's own dictionary for what we call otherwise; the custom ones say what they are by a label. */
const keys: Readonly<Record<string, string>> = {
  transport: "proto",
  method: "requestMethod",
  status: "outcome",
  reason: "reason",
  account: "suid",
  from: "suser",
  to: "duser",
  detail: "msg",
  call: "externalId",
};
const custom: Readonly<Record<string, string>> = { decision: "cs1", rule: "cs2", trunk: "cs3", side: "cs4" };

/** @param room octets; fields that find none are left out and counted in `rfCut` */
export function cefMessage({ at, level, fields }: WrittenLine, version: string, room: number): string {
  const event = textOf(fields, "event") ?? "";
  const reason = textOf(fields, "reason");
  const name = reason === undefined ? event : `${event}: ${reason.slice(0, 64)}`;
  const header = ["CEF:0", "Ringfence", "Ringfence", version, event.slice(0, 64), name, String(severities[level])];
  const begin = `${header.map((part, place) => (place === 0 ? part : headerText(part))).join("|")}|rt=${at}`;
  let pairs = "";
  for (const field of fields) if (field.name !== "event") pairs += ` ${pairsOf(field)}`;
  return fits(begin + pairs, room) ? begin + pairs : begin + somePairs(fields, room - Buffer.byteLength(begin));
}

function somePairs(fields: WrittenLine["fields"], room: number): string {
  let text = "";
  let left = room - " rfCut=999".length;
  let cut = 0;
  for (const field of fields) {
    if (field.name === "event") continue;
    const pair = ` ${pairsOf(field)}`;
    const octets = Buffer.byteLength(pair);
    if (octets > left) {
      cut++;
      continue;
    }
    text += pair;
    left -= octets;
  }
  return `${text} rfCut=${Math.min(cut, 999)}`;
}

function pairsOf({ name, place, value, isBare }: WrittenField): string {
  const text = isBare ? value : valueText(String(value));
  if (name === "source") return sourcePairs(String(text));
  return `${beginnings[place] ?? beginning(name)}${text}${ends[place] ?? ""}`;
}

/** `192.0.2.1:5060` as address and port; as it is when addresses are masked. */
function sourcePairs(source: string): string {
  const colon = source.lastIndexOf(":");
  const port = Number(source.slice(colon + 1));
  if (colon <= 0 || !Number.isInteger(port)) return `src=${source}`;
  const host = source.slice(0, colon);
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return `src=${bare} spt=${port}`;
}

/** What stands around the value of each of the list. */
const beginnings: readonly string[] = lineFields.map(([name]) => beginning(name));
const ends: readonly string[] = lineFields.map(([name]) => {
  const key = Object.hasOwn(custom, name) ? custom[name] : undefined;
  return key === undefined ? "" : ` ${key}Label=${name}`;
});

function beginning(name: string): string {
  const known = Object.hasOwn(custom, name) ? custom[name] : Object.hasOwn(keys, name) ? keys[name] : undefined;
  return `${known ?? ownKey(name)}=`;
}

/** `a_mos_min` as rfAMosMin: keys are letters and digits. */
function ownKey(field: string): string {
  let key = "rf";
  let upper = true;
  for (const character of field.slice(0, 40)) {
    const isWord = (character >= "a" && character <= "z") || (character >= "A" && character <= "Z");
    const isDigit = character >= "0" && character <= "9";
    if (isWord || isDigit) key += upper ? character.toUpperCase() : character;
    upper = !isWord && !isDigit;
  }
  return key;
}

/** In the header bar and backslash are escaped, and there are no line ends. */
export function headerText(text: string): string {
  return escaped(text, headerEscapes);
}

/** In a value equals sign and backslash are escaped, and line ends are written as letters. */
export function valueText(text: string): string {
  return escaped(text, valueEscapes);
}

const headerEscapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["|", "\\|"],
  ["\n", " "],
  ["\r", " "],
]);
const valueEscapes: ReadonlyMap<string, string> = new Map([
  ["\\", "\\\\"],
  ["=", "\\="],
  ["\n", "\\n"],
  ["\r", "\\r"],
]);

function escaped(text: string, escapes: ReadonlyMap<string, string>): string {
  let plain = true;
  for (const character of escapes.keys()) plain &&= !text.includes(character);
  if (plain) return text;
  let out = "";
  for (const character of text) out += escapes.get(character) ?? character;
  return out;
}
