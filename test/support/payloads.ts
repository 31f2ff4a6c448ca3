/** What attackers plant (threat L14), each with a mark by which it is found again. Octets as Latin-1 text, as a message is. */

import { branch } from "./sip-script.ts";

export const mark = "x7Kq";

/** What ends a line, moves a cursor, turns the reading direction round or hides itself; and what is no Unicode. */
export const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const utf8 = (text: string): string => Buffer.from(text, "utf8").toString("latin1");

export const payloads: readonly string[] = [
  `'; DROP TABLE records;--${mark}`,
  `' UNION SELECT 1,'${mark}`,
  `"><script>${mark}()</script>`,
  `<img src=x onerror=${mark}()>`,
  `\${jndi:ldap://${mark}/a}`,
  `\r\n{"level":"error","event":"${mark}"}`,
  `%0d%0a{"event":"${mark}"}`,
  `\n<0>1 - - - - - - ${mark}`,
  `\u001b[2J\u001b]0;${mark}\u0007`,
  `\u009b2J${mark}`,
  `*)(uid=*))(|(${mark}=*`,
  `*1$8 FLUSHALL ${mark}`,
  `__proto__`,
  `constructor.prototype.${mark}`,
  `${utf8("\u202e\u2066")}${mark}`,
  `=cmd|'/C calc'!${mark}`,
  `+${mark};=1+1`,
  `-${mark}|=1`,
  `@${mark},"=1`,
  `\0${mark}`,
];

/** Stands for the URI of a request. */
const requestLine = "Request-Line";

export const whole = (payload: string, _before: string): string => payload;

/** Where in a field somebody may write: as the whole of it, and in the parts of one that stays readable. */
export const forms: readonly ((payload: string, before: string) => string)[] = [
  whole,
  (payload, before) => `"${payload.replaceAll('"', '\\"')}" ${before}`,
  (payload, before) => `${before};x="${payload.replaceAll('"', '\\"')}"`,
  (payload) => `<sip:${payload}@pbx.example.com>;tag=${branch()}`,
  (payload) => `<sip:${escaped(payload)}@pbx.example.com>;tag=${branch()}`,
];

/** As a URI may hold any octet (RFC 3261 §19.1.2). */
export function escaped(payload: string): string {
  return [...Buffer.from(payload, "latin1")].map((octet) => `%${octet.toString(16).padStart(2, "0")}`).join("");
}

/** What is said of a request in many places: here each payload stands in each form. */
export const telling: readonly string[] = [requestLine, "Call-ID", "Contact", "P-Asserted-Identity", "From", "To"];

export function plant(lines: readonly string[], name: string, write: (before: string) => string): readonly string[] {
  if (name === requestLine) return plantInRequest(lines, write);
  const at = lines.findIndex((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  const before = at < 0 ? "<sip:1001@pbx.example.com>" : (lines[at] ?? "").slice(name.length + 1).trim();
  const planted = `${name}: ${write(before)}`;
  return at < 0 ? [...lines, planted] : lines.with(at, planted);
}

/** Without brackets and tag. A response has none. */
function plantInRequest(
  [first = "", ...rest]: readonly string[],
  write: (before: string) => string,
): readonly string[] {
  const [method = "", , version = ""] = first.split(" ");
  if (method.startsWith("SIP/")) return [first, ...rest];
  const planted = write("sip:600@pbx.example.com");
  const uri = planted.startsWith("<") ? planted.slice(1, planted.lastIndexOf(">")) : planted;
  return [`${method} ${uri} ${version}`, ...rest];
}

const sdpLines = [..."vosiuepcbtrzkam"].map((type) => (payload: string) => `${type}=${payload}`);
const sdpAttributes = [
  "rtpmap:0 ",
  "fmtp:0 ",
  "crypto:1 ",
  "fingerprint:",
  "candidate:",
  "ice-ufrag:",
  "mid:",
  "label:",
  "x",
];
export const sdpPlants = [...sdpLines, ...sdpAttributes.map((name) => (payload: string) => `a=${name}${payload}`)];

export function withLine(body: string, planted: string): string {
  const type = planted.slice(0, 2);
  const lines = body.split("\r\n").slice(0, -1);
  const at = lines.findIndex((line) => line.startsWith(type));
  return `${[...lines, planted, ...(at < 0 ? [] : [lines[at]])].join("\r\n")}\r\n`;
}

/** Of the payloads, for what is planted in many places. */
const shares = 4;

export function share(which: number): readonly string[] {
  return payloads.filter((_, i) => i % shares === which % shares);
}
