/**
 * A multipart body as its parts (RFC 2046 §5.1, RFC 3261 §7.4.1). Threat L13: what is bounded here has no bound in the
 * grammar, and readers of it have overrun their buffers and looped for ever. Every step moves on, nothing is copied.
 */
import type { HeaderList } from "../message/headers.ts";
import { readHead } from "./head.ts";
import { limits } from "./limits.ts";
import { ALNUM, isOctet } from "./octets.ts";

export interface Part {
  readonly headers: HeaderList;
  /** A view on the octets that were given. */
  readonly body: Uint8Array;
}

export interface Multipart {
  /** Those before the fault, when there is one. */
  readonly parts: readonly Part[];
  /** False: no closing boundary, too many parts, a part head that cannot be read, or a line that is almost a boundary. */
  readonly whole: boolean;
}

const CR = 0x0d;
const LF = 0x0a;
const DASH = 0x2d;
const SPACE = 0x20;
const TAB = 0x09;

/** @param boundary as the parameter says it, without quotes */
export function readMultipart(body: Uint8Array, boundary: string): Multipart {
  const parts: Part[] = [];
  if (!isBoundary(boundary)) return { parts, whole: false };
  const octets = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const lines = new Delimiters(octets, boundary);
  let line = lines.first();
  while (line?.kind === "open" && parts.length < limits.parts) {
    const next = lines.after(line);
    if (next === undefined) break;
    const part = readPart(octets, line.at, next.at);
    if (part === undefined) break;
    parts.push(part);
    line = next;
  }
  return { parts, whole: line?.kind === "close" && parts.length > 0 };
}

/** RFC 2046 §5.1.1: 1 to 70 `bchars`, the last one no space. */
function isBoundary(text: string): boolean {
  if (text.length === 0 || text.length > limits.boundary || text.endsWith(" ")) return false;
  for (let at = 0; at < text.length; at++) {
    if (!isOctet(text.charCodeAt(at), ALNUM) && !"'()+_,-./:=? ".includes(text.charAt(at))) return false;
  }
  return true;
}

interface Delimiter {
  readonly kind: "open" | "close";
  /** Of its first hyphen. */
  readonly at: number;
  /** Of the line end after it, or the end of the body. */
  readonly end: number;
}

/** The lines that stand between the parts. Lives as long as one call of readMultipart. */
class Delimiters {
  readonly #octets: Buffer;
  readonly #dashed: Buffer;
  readonly #line: Buffer;

  constructor(octets: Buffer, boundary: string) {
    this.#octets = octets;
    this.#line = Buffer.from(`\r\n--${boundary}`, "latin1");
    this.#dashed = this.#line.subarray(2);
  }

  /** What stands before it is a preamble, and nobody's. */
  first(): Delimiter | undefined {
    const starts = this.#octets.subarray(0, this.#dashed.length).equals(this.#dashed);
    return starts ? this.#at(0) : this.#find(0);
  }

  after({ end }: Delimiter): Delimiter | undefined {
    return this.#find(end);
  }

  #find(from: number): Delimiter | undefined {
    const found = this.#octets.indexOf(this.#line, from);
    return found < 0 ? undefined : this.#at(found + 2);
  }

  /** Undefined for a line that goes on after the boundary: two readers would see different parts there. */
  #at(at: number): Delimiter | undefined {
    const octets = this.#octets;
    let end = at + this.#dashed.length;
    const closes = octets[end] === DASH && octets[end + 1] === DASH;
    if (closes) end += 2;
    while (octets[end] === SPACE || octets[end] === TAB) end++;
    const ended = (octets[end] === CR && octets[end + 1] === LF) || (closes && end === octets.length);
    return ended ? { kind: closes ? "close" : "open", at, end } : undefined;
  }
}

/**
 * The delimiter line stands where a message has its start line, so the part's head is read by what reads all heads: a
 * second Content-Type, a control character or a bare line end is refused here too.
 */
function readPart(octets: Buffer, from: number, next: number): Part | undefined {
  const { failure, headers, bodyAt } = readHead(octets.subarray(from, next), 0);
  if (failure !== undefined || bodyAt > limits.partHead || headers.size > limits.partHeaders) return undefined;
  // The line end before the next delimiter belongs to that; it may be the one that ended the head.
  return { headers, body: octets.subarray(from + bodyAt, Math.max(from + bodyAt, next - 2)) };
}
