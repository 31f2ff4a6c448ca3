import { parseIp } from "../address.ts";
import { type Cidr, type CidrFailure, parseCidr } from "../cidr.ts";
import type { LocalEndpoint } from "./config.ts";
import { isOneOf, type LeafReading, quoted, readDigits, written } from "./leaf.ts";

const digits = "0123456789";
const hexDigits = `${digits}abcdef`;
const labelCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_";

/** RFC 1123 §2.1, with the underscore that real zones use. Lower case. */
function isHostName(text: string): boolean {
  if (text.length > 253) return false;
  const labels = text.split(".");
  // A name that ends in a number would be an address that somebody mistyped, or that programs read in two ways.
  if (isNumeral(labels.at(-1) ?? "")) return false;
  return labels.every((label) => label.length <= 63 && isOneOf(label, labelCharacters) && !label.startsWith("-"));
}

/** Decimal or, with 0x, hexadecimal: what inet_aton(3) takes for a part of an address. */
function isNumeral(label: string): boolean {
  return isOneOf(label, digits) || (label.startsWith("0x") && isOneOf(label.slice(2), hexDigits));
}

/** `host`, `host:port`, `[v6]`, `[v6]:port`, bare v6; undefined if it is none. Lower case, IPv6 without brackets. */
export function splitHostPort(text: string): { readonly host: string; readonly port: number | undefined } | undefined {
  const lower = text.toLowerCase();
  if (lower.includes(":") && parseIp(lower) !== undefined) return { host: lower, port: undefined };
  const bracket = lower.startsWith("[") ? lower.indexOf("]") : -1;
  const colon = bracket < 0 ? lower.indexOf(":") : lower.indexOf(":", bracket);
  const host = bracket < 0 ? lower.slice(0, colon < 0 ? lower.length : colon) : lower.slice(1, bracket);
  if (bracket >= 0 && (!host.includes(":") || (colon < 0 ? lower.length : colon) !== bracket + 1)) return undefined;
  if (parseIp(host) === undefined && (host.includes(":") || !isHostName(host))) return undefined;
  if (colon < 0) return { host, port: undefined };
  const port = readDigits(lower.slice(colon + 1));
  return port < 0 || port > 65_535 ? undefined : { host, port };
}

/** The address of somebody else: a name or an address, the port may be left out. */
export function remoteEndpoint() {
  return written({ kind: "host:port" }, (text): LeafReading<{ host: string; port: number | undefined }> => {
    const value = splitHostPort(text);
    if (value !== undefined && value.port !== 0) return { value };
    return {
      problem: `is ${quoted(text)}, which is no host and port`,
      remedy: "write 10.0.0.5:5060, [2001:db8::5]:5060 or pbx.example.com:5060",
    };
  });
}

/** An address of this machine with a port; port 0 lets the system choose. */
export function localEndpoint() {
  return written({ kind: "address:port" }, readLocal);
}

/** The same where others remember the port: the PBX keeps registrations by it, so it is the same at each start. */
export function lastingEndpoint() {
  return written({ kind: "address:port" }, (text): LeafReading<LocalEndpoint> => {
    const reading = readLocal(text);
    if (!("value" in reading) || reading.value.port !== 0) return reading;
    return { problem: `is ${quoted(text)}, and port 0 is another one at each start`, remedy: "write one such as 5070" };
  });
}

function readLocal(text: string): LeafReading<LocalEndpoint> {
  const value = splitHostPort(text);
  if (value?.port !== undefined && parseIp(value.host) !== undefined) {
    return { value: { address: value.host, port: value.port } };
  }
  return {
    problem: `is ${quoted(text)}, which is no address with a port`,
    remedy: "write an address of this machine and a port: 10.0.0.2:5070 or [2001:db8::2]:5070",
  };
}

export function ipAddress() {
  return written({ kind: "IP address" }, (text): LeafReading<string> => {
    if (parseIp(text) !== undefined) return { value: text.toLowerCase() };
    return {
      problem: `is ${quoted(text)}, which is no IP address`,
      remedy: "write it as 192.0.2.1 or 2001:db8::1, without leading zeros, port or brackets",
    };
  });
}

const cidrProblems: Readonly<Record<CidrFailure, string>> = {
  address: "is not an address or block of addresses",
  prefix: "has a prefix length that its kind of address does not have",
  "host-bits": "has bits set behind its prefix, so it is not clear which block is meant",
};

export function cidr() {
  return written({ kind: "address or block" }, (text): LeafReading<Cidr> => {
    const value = parseCidr(text);
    if (typeof value !== "string") return { value };
    const remedy = "write 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32, without leading zeros";
    return { problem: `${quoted(text)} ${cidrProblems[value]}`, remedy };
  });
}

/** A domain that phones use: a name, or an address if they use that. */
export function domain() {
  return written({ kind: "domain" }, (text): LeafReading<string> => {
    const lower = text.toLowerCase();
    if (parseIp(lower) !== undefined || isHostName(lower)) return { value: lower };
    return {
      problem: `is ${quoted(text)}, which is no domain`,
      remedy: "write pbx.example.com, without sip: and port",
    };
  });
}
