/** Request-Line and Status-Line (RFC 3261 §7.1, §7.2): single spaces, nothing before or after. */
import type { FailureCode } from "./failure.ts";
import { limits } from "./limits.ts";
import { decimal, isToken } from "./octets.ts";
import { parseUri, type Uri } from "./uri.ts";

export type StartLine =
  | { readonly kind: "request"; readonly method: string; readonly requestUri: Uri }
  | { readonly kind: "response"; readonly status: number; readonly reason: string }
  | { readonly kind: "malformed"; readonly code: FailureCode };

/** A method is a token and cannot hold a slash, so this prefix never begins a request. */
export function isStatusLine(line: string): boolean {
  return line.slice(0, 4).toUpperCase() === "SIP/";
}

/** The method as far as it can be told, for an answer to a request line that is otherwise wrong; "" when it cannot. */
export function methodOf(line: string): string {
  const space = line.indexOf(" ");
  const method = space < 0 ? "" : line.slice(0, space);
  return method.length <= limits.method && isToken(method) ? method : "";
}

export function parseStartLine(line: string): StartLine {
  return isStatusLine(line) ? statusLine(line) : requestLine(line);
}

function requestLine(line: string): StartLine {
  const method = methodOf(line);
  if (method === "") return malformed(mentionsSip(line) ? "start-line" : "not-sip");
  const last = line.lastIndexOf(" ");
  if (last === line.length - 1) return malformed("start-line-space");
  if (last === method.length) return malformed("start-line");
  const version = versionOf(line.slice(last + 1));
  if (version !== undefined) return malformed(version);
  const uri = line.slice(method.length + 1, last);
  if (uri.includes(" ") || uri.includes("\t")) return malformed("start-line-space");
  const requestUri = parseUri(uri);
  return requestUri === undefined ? malformed("request-uri") : { kind: "request", method, requestUri };
}

/** The space before an empty reason phrase (RFC 4475 §3.1.1.13) may be missing too: nobody can read that otherwise. */
function statusLine(line: string): StartLine {
  const first = line.indexOf(" ");
  if (first < 0) return malformed("start-line");
  const version = versionOf(line.slice(0, first));
  if (version !== undefined) return malformed(version);
  const second = line.indexOf(" ", first + 1);
  const digits = line.slice(first + 1, second < 0 ? line.length : second);
  const status = digits.length === 3 ? decimal(digits, 699) : undefined;
  if (status === undefined || status < 100) return malformed("status");
  return { kind: "response", status, reason: second < 0 ? "" : line.slice(second + 1) };
}

/** SIP-Version compares without case (§7.1). Another version of SIP gets 505; another protocol gets silence. */
function versionOf(text: string): FailureCode | undefined {
  if (text === "SIP/2.0") return undefined;
  const upper = text.toUpperCase();
  if (upper === "SIP/2.0") return undefined;
  if (!upper.startsWith("SIP/")) return mentionsSip(upper) || !upper.includes("/") ? "start-line" : "not-sip";
  const dot = upper.indexOf(".");
  const isVersion =
    decimal(upper.slice(4, dot), 9999) !== undefined && decimal(upper.slice(dot + 1), 9999) !== undefined;
  return dot > 0 && isVersion ? "version" : "start-line";
}

function mentionsSip(line: string): boolean {
  return line.toUpperCase().includes("SIP");
}

function malformed(code: FailureCode): StartLine {
  return { kind: "malformed", code };
}
