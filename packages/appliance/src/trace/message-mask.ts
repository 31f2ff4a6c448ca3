/**
 * A SIP message as it may be shown: with the mask of the log, and without secrets at any level. It is written anew from what was read,
 * so nothing is in it that nobody has looked at: a body that is not known to be harmless is left out, and of what is no message
 * nothing shows. Lengths change, and Content-Length with them.
 */
import { type FailureCode, type HeaderField, type Message, parseMessage } from "@ringfence/sip";
import type { Mask } from "../logs/mask.ts";
import { maskHeader } from "./header-mask.ts";
import { maskSdp } from "./sdp-mask.ts";
import { maskUri } from "./uri-mask.ts";

export interface Shown {
  readonly message: Message;
  /** Octets as latin1; lines end in CRLF. */
  readonly text: string;
}

/** Why nobody could read it, where that is so. */
export function showMessage(bytes: Uint8Array, mask: Mask): Shown | FailureCode {
  const message = parseMessage(bytes, "datagram");
  if (message.kind === "failure") return message.code;
  const body = showBody(message, mask);
  const fields = [...message.headers].filter(({ name }) => name !== "Content-Length");
  const lines = [
    startLine(message, mask),
    ...fields.map((field) => `${field.name}: ${maskHeader(field, mask)}`),
    `Content-Length: ${body.length}`,
  ];
  return { message, text: `${lines.join("\r\n")}\r\n\r\n${body}` };
}

function startLine(message: Message, mask: Mask): string {
  if (message.kind === "request") return `${message.method} ${maskUri(message.requestUri, mask)} SIP/2.0`;
  return `SIP/2.0 ${message.status} ${mask.text(message.reason)}`;
}

/** Bodies that are lines of words: how a transfer goes, how many messages wait. */
const lines: ReadonlySet<string> = new Set(["message/sipfrag", "application/simple-message-summary"]);

/** What people write to each other and the keys they press (they dial cards and codes with them) are nobody's to read. */
function showBody({ headers, body }: Message, mask: Mask): string {
  if (body.length === 0) return "";
  const type = mediaTypeOf(headers);
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
  if (type === "application/sdp") return maskSdp(text, mask);
  if (lines.has(type)) return mask.text(text);
  return `[${body.length} octets that are not shown]`;
}

function mediaTypeOf(headers: { get(name: "Content-Type"): HeaderField["value"] | undefined }): string {
  const value = headers.get("Content-Type") ?? "";
  const end = value.indexOf(";");
  return (end < 0 ? value : value.slice(0, end)).trim().toLowerCase();
}
