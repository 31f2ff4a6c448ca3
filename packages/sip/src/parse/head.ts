/**
 * The header section: octets to start line and header fields. The one place that decides where a line ends, what a
 * field name is and what is folded; the parser and the stream framer both use it, so they cannot disagree
 * about which field is the Content-Length (that disagreement is request smuggling).
 */
import { HeaderList } from "../message/headers.ts";
import { knownNameAt } from "../message/names.ts";
import type { FailureCode } from "./failure.ts";
import { limits } from "./limits.ts";
import { span, TOKEN, trimmed, trimmedSlice, WHITE } from "./octets.ts";
import { isSuspect, vetLine } from "./vet.ts";

export interface Head {
  /** The first thing that was wrong with a line; the fields that could be read are there nevertheless. */
  readonly failure: FailureCode | undefined;
  readonly startLine: string;
  readonly headers: HeaderList;
  /** Index of the first octet after the empty line, in the array that was given. */
  readonly bodyAt: number;
}

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const headEnd = Buffer.from("\r\n\r\n", "latin1");

/** Index just after the empty line, searching from `at`; -1 when it is not there. */
export function findHeadEnd(octets: Buffer, at: number): number {
  const found = octets.indexOf(headEnd, at);
  return found < 0 ? -1 : found + headEnd.length;
}

/** Line ends before the start line are ignored (RFC 3261 §7.5). */
export function skipLineEnds(octets: Buffer): number {
  let at = 0;
  while (octets[at] === CR && octets[at + 1] === LF) at += 2;
  return at;
}

/** `octets[from]` is the first octet of the start line. Linear in the length of the head, whatever stands there. */
export function readHead(octets: Buffer, from: number): Head {
  const end = findHeadEnd(octets, from);
  const unfinished = end < 0;
  const stop = unfinished ? lastWholeLine(octets, from) : end - 4;
  const reader = new HeadReader(octets.subarray(from, stop));
  if (unfinished) reader.fail(octets.length - from > limits.head ? "head-too-large" : "head-unfinished");
  else if (end - from > limits.head) reader.fail("head-too-large");
  return reader.read(unfinished ? octets.length : end);
}

/** Without its empty line a head may be cut anywhere: half a line is not a field, least of all half a Via. */
function lastWholeLine(octets: Buffer, from: number): number {
  const known = octets.subarray(from, from + limits.head);
  const found = known.lastIndexOf("\r\n", undefined, "latin1");
  return from + Math.max(found, 0);
}

/**
 * Lives as long as one call of readHead. Hot path: it walks the octets once for line ends and forbidden octets together,
 * and cuts names and values out of one string (half the cost of splitting into lines first; test/bench/invite.ts).
 */
class HeadReader {
  readonly #octets: Buffer;
  readonly #text: string;
  readonly #headers = new HeaderList();
  #failure: FailureCode | undefined;
  /** Bit set of KnownName.singleton. */
  #seen = 0;
  /** The line that was walked last holds an octet that vet.ts has to judge. */
  #suspect = false;

  constructor(octets: Buffer) {
    this.#octets = octets;
    this.#text = octets.toString("latin1");
  }

  fail(code: FailureCode): void {
    this.#failure ??= code;
  }

  read(bodyAt: number): Head {
    const length = this.#text.length;
    let end = this.#lineEnd(0);
    const startLine = this.#startLine(this.#text.slice(0, end));
    if (this.#isWhite(end + 2)) this.fail("fold-first");
    for (let at = end + 2; at < length; at = end + 2) {
      this.#suspect = false;
      end = this.#lineEnd(at);
      const firstEnd = end;
      while (this.#isWhite(end + 2)) end = this.#lineEnd(end + 2);
      const code = this.#readField(at, firstEnd, end);
      if (code !== undefined) this.fail(code);
      if (this.#headers.size > limits.headerCount) {
        this.fail("too-many-headers");
        break;
      }
    }
    return { failure: this.#failure, startLine, headers: this.#headers, bodyAt };
  }

  #startLine(line: string): string {
    if (line.length > limits.startLine) this.fail("start-line-too-long");
    const vetted = this.#suspect ? vetLine(line, "start-line") : line;
    if (typeof vetted === "string") return vetted;
    this.fail(vetted.code);
    return "";
  }

  /** Index of the CRLF that ends the line, or of the end of the section. */
  #lineEnd(from: number): number {
    const octets = this.#octets;
    const { length } = octets;
    for (let at = from; at < length; at++) {
      const octet = octets[at] ?? 0;
      if (octet >= 0x20 && octet < 0x7f) continue;
      if (octet === CR && octets[at + 1] === LF) return at;
      if (isSuspect(octet)) this.#suspect = true;
    }
    return length;
  }

  /**
   * The field from `at`; `firstEnd` ends its first line, `end` the last of its folded ones. Keeps it when it can be read;
   * what is wrong with it, or with a second one of it, comes back.
   */
  #readField(at: number, firstEnd: number, end: number): FailureCode | undefined {
    if (end - at > limits.headerLine) return "header-too-long";
    const text = this.#text;
    const nameEnd = span(text, at, firstEnd, TOKEN);
    const colon = span(text, nameEnd, firstEnd, WHITE);
    if (nameEnd === at || colon === firstEnd || text.charCodeAt(colon) !== COLON) return "header-syntax";
    const known = knownNameAt(text, at, nameEnd);
    const name = known?.name ?? text.slice(at, nameEnd);
    const unfolded = end === firstEnd ? trimmedSlice(text, colon + 1, end) : unfold(text.slice(colon + 1, end));
    const value = this.#suspect ? vetLine(unfolded, name) : unfolded;
    if (typeof value !== "string") return value.code;
    this.#headers.addCanonical(name, value);
    const bit = known?.singleton ?? 0;
    const repeated = (this.#seen & bit) !== 0;
    this.#seen |= bit;
    if (!repeated) return undefined;
    return name === "Content-Length" ? "content-length-conflict" : "duplicate-header";
  }

  #isWhite(at: number): boolean {
    const octet = this.#octets[at];
    return octet === 0x20 || octet === 0x09;
  }
}

/** RFC 3261 §7.3.1: a line end followed by white space, with all white space around it, is one SP. */
function unfold(value: string): string {
  const parts: string[] = [];
  for (const line of value.split("\r\n")) {
    const part = trimmed(line);
    if (part !== "") parts.push(part);
  }
  return parts.join(" ");
}
