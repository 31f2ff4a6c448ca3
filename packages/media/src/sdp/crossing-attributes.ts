/**
 * Which lines below an m= line may cross from one leg to the other. Everything else stays behind: candidates, keys,
 * fingerprints, names, addresses, and whatever we have not heard of. What crosses is rebuilt from its parts.
 */
import type { SdpLine } from "@ringfence/sip";

/** Longest value rebuilt: H.264 parameter sets come to about 200 octets. */
const maxValue = 512;
/** A browser writes about a hundred below its line of video, and a format whose a=rtpmap were missing would mean nothing. */
const maxLines = 256;

type Rebuild = (value: string, formats: ReadonlySet<string>) => string | undefined;

const attributes: ReadonlyMap<string, Rebuild> = new Map([
  ["rtpmap", rtpmap],
  ["fmtp", forFormat],
  ["rtcp-fb", (value, formats) => (value.startsWith("* ") ? visible(value) : forFormat(value, formats))],
  ["ptime", decimal],
  ["maxptime", decimal],
  ["minptime", decimal],
  ["framerate", decimal],
]);

/** Without a value. RFC 5506 §5.1: reduced-size RTCP, where both ends know it. */
const flags: ReadonlySet<string> = new Set(["rtcp-rsize"]);

/** T.38 (10/2016) Annex D.2.1.3: numbers, words, and attributes that are either there or `:0` and `:1`. */
const faxAttributes: ReadonlySet<string> = new Set([
  "T38FaxVersion",
  "T38MaxBitRate",
  "T38FaxFillBitRemoval",
  "T38FaxTranscodingMMR",
  "T38FaxTranscodingJBIG",
  "T38FaxRateManagement",
  "T38FaxMaxBuffer",
  "T38FaxMaxDatagram",
  "T38FaxMaxIFP",
  "T38FaxUdpEC",
  "T38FaxUdpECDepth",
  "T38FaxUdpFECMaxSpan",
  "T38ModemType",
]);

const bandwidths: ReadonlySet<string> = new Set(["AS", "TIAS", "CT", "RS", "RR"]);

/** The a= and b= lines of one m= line that may cross, in their order. Direction is not among them: see sdp-anchor.ts. */
export function crossingLines(lines: readonly SdpLine[], formats: readonly string[]): readonly SdpLine[] {
  const known = new Set(formats);
  const crossing: SdpLine[] = [];
  for (const line of lines) {
    if (crossing.length === maxLines) break;
    const value =
      line.type === "a" ? attribute(line.value, known) : line.type === "b" ? bandwidth(line.value) : undefined;
    if (value !== undefined) crossing.push({ type: line.type, value });
  }
  // RFC 4566 §5: b= lines come before a= lines.
  return [...crossing.filter((line) => line.type === "b"), ...crossing.filter((line) => line.type === "a")];
}

/** The lines of a fax that may cross. */
export function crossingFaxLines(lines: readonly SdpLine[]): readonly SdpLine[] {
  const written = lines.filter(({ type, value }) => type === "a" && isFaxAttribute(value));
  return written.slice(0, maxLines);
}

function isFaxAttribute(text: string): boolean {
  const colon = text.indexOf(":");
  const name = colon < 0 ? text : text.slice(0, colon);
  return (
    faxAttributes.has(name) &&
    (colon < 0 ||
      text
        .slice(colon + 1)
        .split(" ")
        .every(isToken))
  );
}

/** Feedback belongs to AVPF and SAVPF alone (RFC 4585 §4.2): a reader of RTP/AVP would not know what to do with it. */
export function isFeedback({ type, value }: SdpLine): boolean {
  return type === "a" && (value.startsWith("rtcp-fb:") || value === "rtcp-rsize");
}

function attribute(text: string, formats: ReadonlySet<string>): string | undefined {
  const colon = text.indexOf(":");
  if (colon < 0) return flags.has(text) ? text : undefined;
  if (text.length > maxValue) return undefined;
  const name = text.slice(0, colon);
  const value = attributes.get(name)?.(text.slice(colon + 1), formats);
  return value === undefined ? undefined : `${name}:${value}`;
}

/** RFC 4566 §6: `<payload type> <encoding>/<clock rate>[/<channels>]`. */
function rtpmap(value: string, formats: ReadonlySet<string>): string | undefined {
  const space = value.indexOf(" ");
  const format = value.slice(0, Math.max(0, space));
  const [encoding = "", clock = "", channels, ...more] = value.slice(space + 1).split("/");
  if (!formats.has(format) || more.length > 0 || !isToken(encoding) || !isNumber(clock, 7)) return undefined;
  if (channels !== undefined && !isNumber(channels, 2)) return undefined;
  return `${format} ${encoding}/${clock}${channels === undefined ? "" : `/${channels}`}`;
}

function forFormat(value: string, formats: ReadonlySet<string>): string | undefined {
  const space = value.indexOf(" ");
  const rest = visible(value.slice(space + 1));
  return space > 0 && formats.has(value.slice(0, space)) && rest !== undefined
    ? `${value.slice(0, space)} ${rest}`
    : undefined;
}

function decimal(value: string): string | undefined {
  const [whole = "", fraction, ...more] = value.split(".");
  const fits = isNumber(whole, 5) && (fraction === undefined || isNumber(fraction, 3)) && more.length === 0;
  return fits ? value : undefined;
}

function bandwidth(value: string): string | undefined {
  const colon = value.indexOf(":");
  return bandwidths.has(value.slice(0, Math.max(0, colon))) && isNumber(value.slice(colon + 1), 10) ? value : undefined;
}

/** Visible ASCII and single spaces between: no control characters, nothing that a log or another parser reads differently. */
function visible(value: string): string | undefined {
  if (value.length === 0) return undefined;
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return undefined;
  }
  return value;
}

/** Digits only, at most that many. */
export function isNumber(text: string, maxDigits: number): boolean {
  if (text.length === 0 || text.length > maxDigits) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** RFC 4566 §9 token, without the marks no codec name uses. */
export function isToken(text: string): boolean {
  if (text.length === 0 || text.length > 32) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const alphanumeric = (code >= 0x30 && code <= 0x39) || ((code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a);
    if (!alphanumeric && code !== 0x2d && code !== 0x2e && code !== 0x5f && code !== 0x2b) return false;
  }
  return true;
}
