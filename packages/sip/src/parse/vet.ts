/**
 * Octets that have no business in a header section. Peers disagree about them: one takes a NUL for the end, another takes
 * 0x01 for white space and sees a different To tag. So: nothing below SP but HTAB and paired CRLF, no DEL, and no
 * overlong UTF-8 (which a careless decoder turns into a line end). Other octets above ASCII stay octets: we never decode them.
 */
import type { FailureCode } from "./failure.ts";

const HTAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DEL = 0x7f;

/**
 * Fields whose display name may hold any octet as a quoted-pair (RFC 4475 §3.1.1.2 has `\NUL` in To). There the pair becomes
 * `?`: the message is legal and must not be refused, but what we send on must hold no control character. Only display names:
 * nothing may be matched on them.
 */
const displayNameFields: ReadonlySet<string> = new Set(["Contact", "From", "To"]);

/** True for an octet that makes its line worth a look with `vetLine`; paired CRLF is the caller's to skip. */
export function isSuspect(octet: number): boolean {
  return isControl(octet) || isOverlongLead(octet);
}

/** The line as it may be kept, or what is wrong with it. `field` is the canonical field name, or "start-line". */
export function vetLine(line: string, field: string): string | { readonly code: FailureCode } {
  const mayQuote = displayNameFields.has(field);
  let kept = "";
  let from = 0;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (code === BACKSLASH && quoted && mayQuote) {
      at++;
      const pair = line.charCodeAt(at);
      if (pair === CR || pair === LF) return { code: "bare-line-end" };
      if (!isControl(pair)) continue;
      kept += `${line.slice(from, at - 1)}?`;
      from = at + 1;
    } else if (code === CR || code === LF) return { code: "bare-line-end" };
    else if (isControl(code)) return { code: "control-character" };
    else if (isOverlongLead(code) && isOverlong(code, line.charCodeAt(at + 1))) return { code: "overlong-utf8" };
  }
  return from === 0 ? line : kept + line.slice(from);
}

function isControl(code: number): boolean {
  return (code < 0x20 && code !== HTAB) || code === DEL;
}

function isOverlongLead(code: number): boolean {
  return code === 0xc0 || code === 0xc1 || code === 0xe0 || code === 0xf0;
}

/** Continuation octets that make the sequence longer than it need be (RFC 3629 §3). */
function isOverlong(lead: number, next: number): boolean {
  if (lead === 0xe0) return next >= 0x80 && next < 0xa0;
  if (lead === 0xf0) return next >= 0x80 && next < 0x90;
  return next >= 0x80 && next < 0xc0;
}
