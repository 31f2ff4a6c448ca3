import { isIP } from "node:net";
import { readCount, splitList } from "./sip-message.ts";

/** URIs, name-addrs and Via values as the stand-in reads them. Undefined means: cannot be read. */

export type Params = ReadonlyMap<string, string | undefined>;

export interface SipAddress {
  readonly scheme: "sip" | "sips" | "tel";
  readonly user: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
}

export interface NameAddr {
  readonly display: string | undefined;
  readonly uri: SipAddress;
  readonly params: Params;
}

export interface Via {
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly params: Params;
}

function readParams(parts: readonly string[]): Map<string, string | undefined> {
  const params = new Map<string, string | undefined>();
  for (const part of parts) {
    const equals = part.indexOf("=");
    if (equals < 0) params.set(part.trim().toLowerCase(), undefined);
    else params.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  return params;
}

export function writeParams(params: Params): string {
  return [...params].map(([name, value]) => (value === undefined ? `;${name}` : `;${name}=${value}`)).join("");
}

function readHostPort(text: string): { host: string; port: number | undefined } | undefined {
  let host = text;
  let rest = "";
  if (text.startsWith("[")) {
    const end = text.indexOf("]");
    if (end < 0) return undefined;
    host = text.slice(1, end);
    rest = text.slice(end + 1);
  } else if (text.includes(":")) {
    host = text.slice(0, text.indexOf(":"));
    rest = text.slice(text.indexOf(":"));
  }
  if (host === "") return undefined;
  if (rest === "") return { host: host.toLowerCase(), port: undefined };
  const port = rest.startsWith(":") ? readCount(rest.slice(1)) : undefined;
  return port === undefined || port > 65_535 ? undefined : { host: host.toLowerCase(), port };
}

export function parseUri(text: string): SipAddress | undefined {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, colon).toLowerCase();
  const question = text.indexOf("?");
  const rest = text.slice(colon + 1, question < 0 ? undefined : question);
  if (scheme === "tel") {
    const [user = "", ...params] = rest.split(";");
    return { scheme, user, host: "", port: undefined, params: readParams(params) };
  }
  if (scheme !== "sip" && scheme !== "sips") return undefined;
  const at = rest.lastIndexOf("@");
  const [hostPort = "", ...params] = rest.slice(at + 1).split(";");
  const where = readHostPort(hostPort);
  return where && { scheme, user: at < 0 ? "" : rest.slice(0, at), ...where, params: readParams(params) };
}

export const bracketed = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

/** Host with its port, the default port left out as the real thing does. */
export function hostPort(host: string, port: number | undefined): string {
  return port === undefined || port === 5060 ? bracketed(host) : `${bracketed(host)}:${port}`;
}

export function writeUri(uri: SipAddress): string {
  if (uri.scheme === "tel") return `tel:${uri.user}${writeParams(uri.params)}`;
  const user = uri.user === "" ? "" : `${uri.user}@`;
  return `${uri.scheme}:${user}${hostPort(uri.host, uri.port)}${writeParams(uri.params)}`;
}

export function parseNameAddr(value: string): NameAddr | undefined {
  const open = findOpen(value);
  if (open < 0) {
    const [uriText = "", ...params] = splitList(value, ";");
    const uri = parseUri(uriText);
    return uri && { display: undefined, uri, params: readParams(params) };
  }
  const close = value.indexOf(">", open);
  const uri = close < 0 ? undefined : parseUri(value.slice(open + 1, close));
  if (uri === undefined) return undefined;
  const display = value.slice(0, open).trim();
  return {
    display: display === "" ? undefined : display,
    uri,
    params: readParams(splitList(value.slice(close + 1), ";")),
  };
}

/** The `<` of a name-addr, not one inside the quoted display name. */
function findOpen(value: string): number {
  let quoted = false;
  for (let i = 0; i < value.length; i += 1) {
    if (quoted && value[i] === "\\") i += 1;
    else if (value[i] === '"') quoted = !quoted;
    else if (!quoted && value[i] === "<") return i;
  }
  return -1;
}

export const tagOf = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : parseNameAddr(value)?.params.get("tag");

export const withoutTag = (value: string): string => {
  const at = value.lastIndexOf(";tag=");
  if (at < 0) return value;
  const end = value.indexOf(";", at + 1);
  return value.slice(0, at) + (end < 0 ? "" : value.slice(end));
};

export function parseVia(value: string): Via | undefined {
  const [sent = "", ...params] = value.split(";");
  const [protocol = "", where = ""] = sent.split(" ").filter((part) => part !== "");
  const transport = protocol.split("/")[2];
  const parsed = readHostPort(where);
  return transport === undefined || parsed === undefined
    ? undefined
    : { transport: transport.toUpperCase(), ...parsed, params: readParams(params) };
}

/** Finding 4: the real thing writes Via anew, host:port;branch;received;rport, and forgets every other parameter. */
export function rebuildVia(via: Via, seen: { received: string; rport: number } | undefined): string {
  const port = via.port === undefined ? "" : `:${via.port}`;
  const keep = [...via.params].filter(([name]) => name === "branch");
  const out = new Map<string, string | undefined>(keep);
  const received = seen?.received ?? via.params.get("received");
  if (received !== undefined) out.set("received", received);
  if (via.params.has("rport")) out.set("rport", seen === undefined ? via.params.get("rport") : String(seen.rport));
  return `SIP/2.0/${via.transport} ${bracketed(via.host)}${port}${writeParams(out)}`;
}
