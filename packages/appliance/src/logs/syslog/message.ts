/** A line of the log as a syslog message, RFC 5424: its fields as structured data, in the order of the log. */
import { lineFields, type WrittenField } from "../line-fields.ts";
import type { LogLevel, WrittenLine } from "../log-event.ts";
import { cefMessage } from "./cef.ts";
import { fits, textOf } from "./texts.ts";

export interface MessageOrigin {
  /** Number of RFC 5424 table 1. */
  readonly facility: number;
  readonly hostname: string;
  readonly pid: number;
  readonly version: string;
  readonly format: "rfc5424" | "cef";
  /** Octets that a message may have. */
  readonly most: number;
}

/** RFC 5424 table 2: critical, error, warning, informational, debug. */
const severities: Readonly<Record<LogLevel, number>> = { fatal: 2, error: 3, warn: 4, info: 6, debug: 7, trace: 7 };
/** RFC 5612: the number for examples. We have none of our own, and a name without a number would be IANA's. */
const dataId = "ringfence@32473";
const lastSequence = 2_147_483_647;

/** RFC 5424 §7.3.1: counts messages from 1, so that a collector sees whether one is missing or came twice. */
export function nextSequence(last: number): number {
  return last >= lastSequence ? 1 : last + 1;
}

export function syslogMessage(line: WrittenLine, origin: MessageOrigin, sequence: number): string {
  const priority = origin.facility * 8 + severities[line.level];
  const id = headerWord(textOf(line.fields, "event") ?? "", 32);
  const head = `<${priority}>1 ${line.time} ${headerWord(origin.hostname, 255)} ringfence ${origin.pid} ${id} `;
  const meta = `[meta sequenceId="${sequence}"]`;
  const used = head.length + meta.length;
  if (origin.format === "cef")
    return `${head}${meta} ${withMark(cefMessage(line, origin.version, origin.most - used - 4))}`;
  const text = withMark(summary(line.fields));
  return `${head}${meta}${structuredData(line.fields, origin.most - used - Buffer.byteLength(text) - 1)} ${text}`;
}

/** What a person sees in a list: the rest stands in the structured data. */
function summary(fields: WrittenLine["fields"]): string {
  const event = textOf(fields, "event") ?? "";
  const reason = textOf(fields, "reason");
  const text = reason === undefined ? event : `${event}: ${reason}`;
  return text.length <= 128 ? text : `${text.slice(0, 127)}…`;
}

/** RFC 5424 §6.4: text beyond ASCII begins with the mark of UTF-8. */
function withMark(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : `\u{feff}${text}`;
}

function structuredData(fields: WrittenLine["fields"], room: number): string {
  let data = `[${dataId}`;
  for (const field of fields) data += parameter(field);
  return fits(data, room - 1) ? `${data}]` : someData(fields, room);
}

/** As many fields as there is room for; `cut` says how many were left out. */
function someData(fields: WrittenLine["fields"], room: number): string {
  let left = room - dataId.length - 3 - ' cut="999"'.length;
  let cut = 0;
  let data = "";
  for (const field of fields) {
    const text = parameter(field);
    const octets = Buffer.byteLength(text);
    if (octets > left) {
      cut++;
      continue;
    }
    data += text;
    left -= octets;
  }
  return `[${dataId}${data} cut="${Math.min(cut, 999)}"]`;
}

const beginnings: readonly string[] = lineFields.map(([name]) => ` ${name}="`);

function parameter({ name, place, value, isBare }: WrittenField): string {
  const text = isBare ? value : parameterValue(String(value));
  return `${beginnings[place] ?? ` ${parameterName(name)}="`}${text}"`;
}

/** RFC 5424 §6.3.3: `"`, `\` and `]` are escaped, and nothing else is. */
export function parameterValue(text: string): string {
  if (!text.includes('"') && !text.includes("\\") && !text.includes("]")) return text;
  let value = "";
  for (const character of text)
    value += character === '"' || character === "\\" || character === "]" ? `\\${character}` : character;
  return value;
}

/** RFC 5424 §6, SD-NAME: up to 32 printable characters without `=`, `]` and `"`. */
function parameterName(name: string): string {
  let word = "";
  for (const character of name.slice(0, 32)) {
    word += character > " " && character < "\x7f" && !'="]'.includes(character) ? character : "_";
  }
  return word === "" ? "_" : word;
}

/** A word of the header: printable ASCII, `-` when there is none. */
function headerWord(text: string, most: number): string {
  if (text.length <= most && isWord(text)) return text;
  let word = "";
  for (const character of text.slice(0, most)) word += character > " " && character < "\x7f" ? character : "_";
  return word === "" ? "-" : word;
}

function isWord(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c <= 0x20 || c >= 0x7f) return false;
  }
  return text !== "";
}
