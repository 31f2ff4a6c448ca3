/** A tiny SIP message reader and writer of the stand-in's own: it shares nothing with the product, so bugs do not cancel out. */

/** Name in lower case and in its long form, value trimmed and unfolded. */
export type Header = readonly [name: string, value: string];

export interface SipRequest {
  readonly kind: "request";
  readonly method: string;
  readonly uri: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

export interface SipResponse {
  readonly kind: "response";
  readonly status: number;
  readonly reason: string;
  readonly headers: readonly Header[];
  readonly body: Buffer;
}

export type SipMessage = SipRequest | SipResponse;

const longForms = new Map([
  ["v", "via"],
  ["f", "from"],
  ["t", "to"],
  ["i", "call-id"],
  ["m", "contact"],
  ["l", "content-length"],
  ["c", "content-type"],
  ["k", "supported"],
  ["s", "subject"],
  ["e", "content-encoding"],
  ["r", "refer-to"],
  ["o", "event"],
]);

const headEnd = Buffer.from("\r\n\r\n");
const required = ["via", "from", "to", "call-id", "cseq"];

/** Reads one message; undefined when it is not one. `body` is cut at Content-Length. */
export function parseSip(bytes: Buffer): SipMessage | undefined {
  const split = bytes.indexOf(headEnd);
  if (split < 0) return undefined;
  const lines = unfold(bytes.toString("latin1", 0, split).split("\r\n"));
  const headers: Header[] = [];
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(":");
    if (colon <= 0) return undefined;
    const name = line.slice(0, colon).trim().toLowerCase();
    headers.push([longForms.get(name) ?? name, line.slice(colon + 1).trim()]);
  }
  if (required.some((name) => !headers.some(([n]) => n === name))) return undefined;
  const body = bodyOf(bytes.subarray(split + 4), headers);
  const start = parseStart(lines[0] ?? "");
  if (body === undefined || start === undefined) return undefined;
  return { ...start, headers, body };
}

function unfold(lines: readonly string[]): string[] {
  const out: string[] = [];
  for (const line of lines) {
    const last = out.length - 1;
    if (last > 0 && (line.startsWith(" ") || line.startsWith("\t"))) out[last] += ` ${line.trim()}`;
    else out.push(line);
  }
  return out;
}

type Start = { kind: "request"; method: string; uri: string } | { kind: "response"; status: number; reason: string };

function parseStart(line: string): Start | undefined {
  const parts = line.split(" ");
  const [first = "", second = "", third = ""] = parts;
  if (first === "SIP/2.0") {
    const status = readCount(second);
    if (status === undefined || status < 100 || status > 699) return undefined;
    return { kind: "response", status, reason: parts.slice(2).join(" ") };
  }
  if (parts.length !== 3 || third !== "SIP/2.0" || first === "" || second === "") return undefined;
  return { kind: "request", method: first, uri: second };
}

function bodyOf(rest: Buffer, headers: readonly Header[]): Buffer | undefined {
  const stated = headers.find(([name]) => name === "content-length")?.[1];
  if (stated === undefined) return rest;
  const length = readCount(stated);
  return length === undefined || length > rest.length ? undefined : rest.subarray(0, length);
}

/** Digits only, at most nine of them. */
export function readCount(value: string): number | undefined {
  if (value.length === 0 || value.length > 10) return undefined;
  for (const char of value) if (char < "0" || char > "9") return undefined;
  return Number(value);
}

export function header(message: SipMessage, name: string): string | undefined {
  return message.headers.find(([n]) => n === name)?.[1];
}

/** All values of a header that may be a comma-separated list, in order. */
export function headerList(message: SipMessage, name: string): string[] {
  return message.headers.filter(([n]) => n === name).flatMap(([, value]) => splitList(value));
}

/** Splits at commas that stand neither in quotes nor in angle brackets. */
export function splitList(value: string, separator = ","): string[] {
  const out: string[] = [];
  let quoted = false;
  let depth = 0;
  let start = 0;
  for (let i = 0; i < value.length; i += 1) {
    const char = value[i];
    if (quoted) {
      if (char === "\\") i += 1;
      else if (char === '"') quoted = false;
    } else if (char === '"') quoted = true;
    else if (char === "<") depth += 1;
    else if (char === ">") depth -= 1;
    else if (char === separator && depth === 0) {
      out.push(value.slice(start, i).trim());
      start = i + 1;
    }
  }
  out.push(value.slice(start).trim());
  return out.filter((part) => part !== "");
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

export function cseqOf(message: SipMessage): CSeq {
  const [number = "", method = ""] = (header(message, "cseq") ?? "").split(" ").filter((part) => part !== "");
  return { number: readCount(number) ?? 0, method };
}

/** Start line, headers as given, then Content-Length. */
export function serializeSip(start: string, headers: readonly Header[], body: Buffer): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.concat([Buffer.from(`${start}\r\n${lines}Content-Length: ${body.length}\r\n\r\n`, "latin1"), body]);
}
