/** The compact form (RFC 8225 §7): the parts that the call itself says are left out, and written anew to be verified. */
import type { Identity } from "./identity-header.ts";

export interface ToldByCall {
  /** Digits. */
  readonly orig: string;
  readonly dest: string;
  /** Of the Date header, seconds since 1970. */
  readonly iat: number;
}

/** RFC 8225 §9: no blanks, names in order. Only a token without `ppt`: others claim what no call says (RFC 8224 §4.2). */
export function expandCompact(identity: Identity, { orig, dest, iat }: ToldByCall): Identity {
  const header = base64url(`{"alg":"ES256","typ":"passport","x5u":${JSON.stringify(identity.info)}}`);
  const payload = base64url(`{"dest":{"tn":["${dest}"]},"iat":${iat},"orig":{"tn":"${orig}"}}`);
  return { ...identity, header, payload };
}

function base64url(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** RFC 3261 §20.17: `Sat, 13 Nov 2010 23:29:00 GMT`, in seconds since 1970; undefined for anything else. */
export function readSipDate(text: string): number | undefined {
  const [day = "", date = "", month = "", year = "", time = "", zone, ...more] = text.split(" ", 7);
  const [hour, minute, second, ...rest] = time.split(":", 4);
  if (!days.includes(day.slice(0, -1)) || !day.endsWith(",") || zone !== "GMT" || more.length > 0) return undefined;
  const numbers = [year, date, hour, minute, second].map(readDigits);
  const place = months.indexOf(month);
  if (rest.length > 0 || place < 0 || numbers.includes(-1) || year.length !== 4) return undefined;
  const [y = 0, d = 0, h = 0, m = 0, s = 0] = numbers;
  const at = Date.UTC(y, place, d, h, m, s) / 1_000;
  // 31 February would be some day in March.
  return formatSipDate(at).slice(5) === text.slice(5) ? at : undefined;
}

export function formatSipDate(seconds: number): string {
  return new Date(seconds * 1_000).toUTCString();
}

function readDigits(text: string | undefined): number {
  if (text === undefined || text.length === 0 || text.length > 4) return -1;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
