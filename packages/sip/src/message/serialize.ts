/**
 * Messages to octets. Everything that leaves goes through `assemble`, which proves on the finished text that no value
 * smuggled in a line end or another control character, whoever built the value.
 */
import { Bug } from "../bug.ts";
import type { OutRequest, OutResponse } from "./build.ts";
import type { HeaderList } from "./headers.ts";
import { knownName } from "./names.ts";

/**
 * compact: the fewest octets that say the same, for datagrams only: short names (RFC 3261 §7.3.3), no white space, and
 * no Content-Length where there is no body (§18.3: the datagram's end is the message's).
 */
export type HeaderForm = "long" | "compact";

/** Writes Content-Length itself. Throws Bug on a control character, a space in method or URI, or a char above 255. */
export function serializeRequest(request: OutRequest, form: HeaderForm = "long"): Uint8Array {
  const { method, uri } = request;
  if (method === "" || uri === "" || method.includes(" ") || uri.includes(" ") || uri.includes("\t")) {
    throw new Bug(`request line with white space: ${JSON.stringify([method, uri])}`);
  }
  return assemble(`${method} ${uri} SIP/2.0\r\n`, request.headers, request.body, form);
}

/** Writes Content-Length itself. Throws Bug on a control character or a char above 255. */
export function serializeResponse(response: OutResponse, form: HeaderForm = "long"): Uint8Array {
  const { status, reason } = response;
  if (!Number.isInteger(status) || status < 100 || status > 699) throw new Bug(`status ${status}`);
  return assemble(`SIP/2.0 ${status} ${reason}\r\n`, response.headers, response.body, form);
}

function assemble(startLine: string, headers: HeaderList, body: Uint8Array, form: HeaderForm): Uint8Array {
  const colon = form === "long" ? ": " : ":";
  let text = startLine;
  let lines = 1;
  for (const { name, value } of headers) {
    if (name === "Content-Length") continue;
    text += `${spelled(name, form)}${colon}${value}\r\n`;
    lines++;
  }
  if (form === "long" || body.length > 0) {
    text += `${spelled("Content-Length", form)}${colon}${body.length}\r\n`;
    lines++;
  }
  text += "\r\n";
  const octets = Buffer.allocUnsafe(text.length + body.length);
  octets.write(text, 0, "latin1");
  prove(text, lines + 1);
  octets.set(body, text.length);
  return octets;
}

function spelled(name: string, form: HeaderForm): string {
  return form === "long" ? name : (knownName(name)?.compact ?? name);
}

/**
 * Each line brings exactly one CR and one LF, so any further control octet came out of a value. A char above 255 would
 * be cut down to something else by latin1 (U+010A to LF).
 */
function prove(text: string, lines: number): void {
  let controls = 0;
  const { length } = text;
  for (let at = 0; at < length; at++) {
    const char = text.charCodeAt(at);
    if (char > 0xff) throw new Bug("char above 255 in an outgoing message");
    if ((char < 0x20 && char !== 0x09) || char === 0x7f) controls++;
  }
  if (controls !== 2 * lines) throw new Bug("control character in an outgoing message");
}
