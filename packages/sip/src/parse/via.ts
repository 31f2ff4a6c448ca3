/** Via (RFC 3261 §20.42, RFC 3581, RFC 5118 §4.5). */
import { formatHost, parseHostPort } from "./host.ts";
import { isToken, span, TOKEN, WHITE } from "./octets.ts";
import { formatParams, type Param, paramValue, parseParams } from "./params.ts";

export interface Via {
  /** Upper case. */
  readonly transport: string;
  /** sent-by: what the peer claims, lower case, IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly branch: string | undefined;
  readonly params: readonly Param[];
  readonly raw: string;
}

const SLASH = 0x2f;
const COLON = 0x3a;

/** One Via value. White space may stand around `/`, `:`, `;` and `=` (RFC 4475 §3.1.1.1). */
export function parseVia(raw: string): Via | undefined {
  const transport = raw.startsWith("SIP/2.0/") ? span(raw, 8, raw.length, WHITE) : afterProtocol(raw);
  const transportEnd = transport < 0 ? -1 : span(raw, transport, raw.length, TOKEN);
  if (transportEnd === transport) return undefined;
  const hostFrom = span(raw, transportEnd, raw.length, WHITE);
  if (hostFrom === transportEnd) return undefined;
  const hostEnd = sentByEnd(raw, hostFrom);
  const sentBy = parseHostPort(withoutWhite(raw.slice(hostFrom, hostEnd)));
  const params = parseParams(raw, hostEnd);
  if (sentBy === undefined || params === undefined) return undefined;
  const branch = paramValue(params, "branch");
  if (branch !== undefined && !isToken(branch)) return undefined;
  const upper = raw.slice(transport, transportEnd).toUpperCase();
  return { transport: upper, host: sentBy.host, port: sentBy.port, branch, params, raw };
}

/** The index of the transport after `SIP / 2.0 /` written in another way, or -1. */
function afterProtocol(raw: string): number {
  const name = span(raw, 0, raw.length, TOKEN);
  const version = afterSlash(raw, name);
  const versionEnd = version < 0 ? -1 : span(raw, version, raw.length, TOKEN);
  const isSip = raw.slice(0, name).toUpperCase() === "SIP" && raw.slice(version, versionEnd) === "2.0";
  return isSip ? afterSlash(raw, versionEnd) : -1;
}

/** The index after `LWS "/" LWS`, or -1 when there is no slash or `at` is -1 already. */
function afterSlash(raw: string, at: number): number {
  if (at < 0) return -1;
  const slash = span(raw, at, raw.length, WHITE);
  return raw.charCodeAt(slash) === SLASH ? span(raw, slash + 1, raw.length, WHITE) : -1;
}

function sentByEnd(raw: string, from: number): number {
  const semicolon = raw.indexOf(";", from);
  return semicolon < 0 ? raw.length : semicolon;
}

/** Takes white space away around the colon and at the end only: `a b` stays malformed. */
function withoutWhite(sentBy: string): string {
  if (!sentBy.includes(" ") && !sentBy.includes("\t")) return sentBy;
  let out = "";
  let from = 0;
  while (from < sentBy.length) {
    let end = from;
    while (end < sentBy.length && sentBy.charCodeAt(end) !== 0x20 && sentBy.charCodeAt(end) !== 0x09) end++;
    const next = span(sentBy, end, sentBy.length, WHITE);
    out += sentBy.slice(from, end);
    const joins = next === sentBy.length || sentBy.charCodeAt(next) === COLON || sentBy.charCodeAt(end - 1) === COLON;
    if (!joins) return "";
    from = next;
  }
  return out;
}

/**
 * The value with `received` and `rport` of the packet's source (RFC 3261 §18.2.1, RFC 3581 §4); what the peer wrote
 * there itself is dropped. `received` is written without brackets even for IPv6 (RFC 5118 §4.5).
 */
export function viaWithSource(via: Via, source: { readonly address: string; readonly port: number }): string {
  const wantsPort = via.params.some((param) => param.name === "rport");
  const params = via.params.filter((param) => param.name !== "received" && param.name !== "rport");
  if (wantsPort || via.host !== source.address) params.push({ name: "received", value: source.address });
  if (wantsPort) params.push({ name: "rport", value: String(source.port) });
  return formatVia({ ...via, params });
}

export function formatVia(via: Omit<Via, "raw" | "branch">): string {
  const port = via.port === undefined ? "" : `:${via.port}`;
  return `SIP/2.0/${via.transport} ${formatHost(via.host)}${port}${formatParams(via.params)}`;
}

/** RFC 3261 §8.1.1.7: a branch that starts with this is globally unique. */
export const branchCookie = "z9hG4bK";
