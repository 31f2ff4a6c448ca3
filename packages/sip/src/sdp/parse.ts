import { decimal } from "../parse/octets.ts";
import { type SdpFailure, type SdpFailureCode, sdpFailure, sdpLimits } from "./failure.ts";
import type { Sdp, SdpLine, SdpMedia } from "./session.ts";

const CR = 0x0d;
const DELETE = 0x7f;
const TAB = 0x09;

/** RFC 4566 §5: lines that belong to the session only. Others, known or not, may stand below an m= line. */
const sessionOnly: ReadonlySet<string> = new Set(["v", "o", "s", "u", "e", "p", "t", "r", "z"]);
const once: ReadonlySet<string> = new Set(["v", "o", "s"]);

/**
 * RFC 4566 §5, RFC 8866 §5. Lines end in CRLF or, as parsers should accept, in LF; the last may end with the body, and
 * empty lines after it are dropped. Any octet but a control character may stand in a value, and is kept.
 */
export function parseSdp(body: Uint8Array): Sdp | SdpFailure {
  if (body.length > sdpLimits.body) return sdpFailure("too-large", 0);
  const reader = new SdpReader();
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
  const end = contentEnd(text);
  let at = 0;
  while (at < end) {
    const feed = text.indexOf("\n", at);
    const stop = feed < 0 || feed > end ? end : feed;
    const code = reader.read(text.slice(at, text.charCodeAt(stop - 1) === CR && stop > at ? stop - 1 : stop));
    if (code !== undefined) return sdpFailure(code, reader.lineNumber);
    at = stop + 1;
  }
  return reader.finish();
}

/** Lives as long as one call of parseSdp. */
class SdpReader {
  readonly #session: SdpLine[] = [];
  readonly #media: { readonly head: Omit<SdpMedia, "lines">; readonly lines: SdpLine[] }[] = [];
  readonly #seen = new Set<string>();
  lineNumber = 0;

  read(text: string): SdpFailureCode | undefined {
    this.lineNumber += 1;
    if (this.lineNumber > sdpLimits.lines) return "too-many-lines";
    const line = readLine(text);
    if (typeof line === "string") return line;
    if (this.lineNumber === 1 && (line.type !== "v" || line.value !== "0")) return "version";
    if (line.type === "m") return this.#readMedia(line.value);
    const media = this.#media.at(-1);
    if (media !== undefined && sessionOnly.has(line.type)) return "misplaced-line";
    if (once.has(line.type) && this.#seen.has(line.type)) return "duplicate-line";
    this.#seen.add(line.type);
    (media?.lines ?? this.#session).push(line);
    return undefined;
  }

  finish(): Sdp | SdpFailure {
    if (this.lineNumber === 0) return sdpFailure("version", 0);
    if (!this.#seen.has("o")) return sdpFailure("origin", 0);
    return { kind: "sdp", session: this.#session, media: this.#media.map(({ head, lines }) => ({ ...head, lines })) };
  }

  #readMedia(value: string): SdpFailureCode | undefined {
    if (this.#media.length === sdpLimits.media) return "too-many-media";
    const head = readMediaHead(value);
    if (typeof head === "string") return head;
    this.#media.push({ head, lines: [] });
    return undefined;
  }
}

function readLine(text: string): SdpLine | SdpFailureCode {
  if (text.length > sdpLimits.line) return "line-too-long";
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== TAB) || code === DELETE) return "control-character";
  }
  const type = text.charAt(0);
  const isLetter = (type >= "a" && type <= "z") || (type >= "A" && type <= "Z");
  return isLetter && text.charAt(1) === "=" ? { type, value: text.slice(2) } : "line-syntax";
}

/**
 * RFC 4566 §5.14: `media port[/count] proto fmt ...`. Spaces at the end and doubled ones are taken, some devices write
 * them; a number with a leading zero is not, because readers disagree about its base.
 */
function readMediaHead(value: string): Omit<SdpMedia, "lines"> | SdpFailureCode {
  const words = value.split(" ").filter((word) => word !== "");
  const [media, place, proto, ...formats] = words;
  if (media === undefined || place === undefined || proto === undefined || formats.length === 0) return "media-syntax";
  if (value.includes("\t") || value.startsWith(" ")) return "media-syntax";
  if (formats.length > sdpLimits.formats) return "too-many-formats";
  const slash = place.indexOf("/");
  const port = canonicalPort(slash < 0 ? place : place.slice(0, slash));
  const portCount = slash < 0 ? undefined : canonicalPort(place.slice(slash + 1));
  if (port === undefined || (slash >= 0 && !portCount)) return "media-port";
  return { media, port, portCount, proto, formats };
}

function canonicalPort(text: string): number | undefined {
  const number = decimal(text, 65_535);
  return number !== undefined && String(number) === text ? number : undefined;
}

/** Index after the last octet that is not part of an empty line at the end. */
function contentEnd(text: string): number {
  let end = text.length;
  while (end > 0 && (text.charCodeAt(end - 1) === CR || text.charCodeAt(end - 1) === 0x0a)) end--;
  return end;
}
