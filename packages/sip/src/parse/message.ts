/** Octets to a message or a closed failure. Nothing a peer sends makes this throw, and its cost is linear in the length. */
import type { CSeq, Message } from "../message/message.ts";
import { contentLength } from "./content-length.ts";
import { parseCSeq } from "./cseq.ts";
import { type FailureCode, type ParseFailure, parseFailure, type ResponseEcho } from "./failure.ts";
import { type Head, readHead, skipLineEnds } from "./head.ts";
import { limits } from "./limits.ts";
import { type NameAddr, parseNameAddr } from "./name-addr.ts";
import { CALL_ID, decimal, isWhole } from "./octets.ts";
import { splitList } from "./quoted.ts";
import { isStatusLine, methodOf, parseStartLine } from "./start-line.ts";
import { parseVia, type Via } from "./via.ts";

/** "datagram": one message, octets after the body are ignored. "stream": exactly one message, as the framer cuts it.
 * "frame": exactly one message whose end the transport marks, so that Content-Length may be left out (RFC 7118 §5.1). */
export type Framing = "datagram" | "stream" | "frame";

/** The body of the result is a view on `bytes`. */
export function parseMessage(bytes: Uint8Array, framing: Framing): Message | ParseFailure {
  const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const from = skipLineEnds(octets);
  if (from === octets.length) return parseFailure("empty", undefined);
  const head = readHead(octets, from);
  const result = octets.length > limits.message ? "message-too-large" : assemble(octets, head, framing);
  return typeof result === "string" ? parseFailure(result, echoOf(head, octets.length)) : result;
}

function assemble(octets: Buffer, head: Head, framing: Framing): Message | FailureCode {
  const start = parseStartLine(head.startLine);
  // The start line first: a line of another protocol shall be silence, not an answer about its header fields.
  if (start.kind === "malformed" && (start.code === "not-sip" || head.failure === undefined)) return start.code;
  if (head.failure !== undefined) return head.failure;
  if (start.kind === "malformed") return start.code;
  const fields = commonFields(head);
  if (typeof fields === "string") return fields;
  const body = bodyOf(octets, head, framing);
  if (typeof body === "string") return body;
  // Object literals, not spreads: this runs for every message, and a spread of this size costs as much as a header field.
  const { via, vias, from, to, callId, cseq } = fields;
  const { headers } = head;
  const size = octets.length;
  if (start.kind === "response") {
    const { kind, status, reason } = start;
    return { kind, status, reason, headers, body, via, vias, from, to, callId, cseq, size };
  }
  const { kind, method, requestUri } = start;
  if (cseq.method !== method) return "cseq-method";
  const written = headers.get("Max-Forwards");
  const maxForwards = written === undefined ? undefined : decimal(written, 255);
  if (written !== undefined && maxForwards === undefined) return "max-forwards";
  return { kind, method, requestUri, maxForwards, headers, body, via, vias, from, to, callId, cseq, size };
}

interface CommonFields {
  readonly via: Via;
  readonly vias: readonly string[];
  readonly from: NameAddr;
  readonly to: NameAddr;
  readonly callId: string;
  readonly cseq: CSeq;
}

function commonFields(head: Head): CommonFields | FailureCode {
  const vias = viaValues(head);
  if (typeof vias === "string") return vias;
  const via = parseVia(vias[0] ?? "");
  if (via === undefined) return "via";
  const from = nameAddrOf(head, "From");
  if (typeof from === "string") return from;
  const to = nameAddrOf(head, "To");
  if (typeof to === "string") return to;
  const callId = head.headers.get("Call-ID");
  if (callId === undefined) return "call-id-missing";
  if (!isWhole(callId, CALL_ID)) return "call-id";
  const written = head.headers.get("CSeq");
  if (written === undefined) return "cseq-missing";
  const cseq = parseCSeq(written);
  return cseq === undefined ? "cseq" : { via, vias, from, to, callId, cseq };
}

function nameAddrOf(head: Head, name: "From" | "To"): NameAddr | FailureCode {
  const value = head.headers.get(name);
  if (value === undefined) return name === "From" ? "from-missing" : "to-missing";
  return parseNameAddr(value) ?? (name === "From" ? "from" : "to");
}

/** Only the top value is parsed: the others are for other elements and go back unread (RFC 4475 §3.1.1.10 transports). */
function viaValues(head: Head): readonly string[] | FailureCode {
  const fields = head.headers.all("Via");
  if (fields.length === 0) return "via-missing";
  if (fields.length === 1 && fields[0] !== "" && fields[0]?.includes(",") === false) return fields;
  const vias: string[] = [];
  for (const field of fields) {
    const values = splitList(field, limits.viaCount, "plain");
    if (values === undefined) return "via";
    vias.push(...values);
    if (vias.length > limits.viaCount) return "too-many-vias";
  }
  return vias;
}

function bodyOf(octets: Buffer, head: Head, framing: Framing): Uint8Array | FailureCode {
  const available = octets.length - head.bodyAt;
  const length = contentLength(head);
  if (typeof length === "string") return length;
  if (length === undefined && framing === "stream") return "content-length-missing";
  const wanted = length ?? available;
  if (wanted > available) return "body-short";
  if (wanted < available && framing !== "datagram") return "body-long";
  return octets.subarray(head.bodyAt, head.bodyAt + wanted);
}

/** RFC 3261 §17: a response is never answered, nor is an ACK; without a Via there is nothing to route an answer by. */
function echoOf(head: Head, size: number): ResponseEcho | undefined {
  if (isStatusLine(head.startLine)) return undefined;
  const method = methodOf(head.startLine);
  const vias = head.headers.all("Via");
  if (vias.length === 0 || vias.includes("") || method === "ACK") return undefined;
  const value = (name: string) => head.headers.get(name) ?? "";
  return {
    method,
    vias,
    from: value("From"),
    to: value("To"),
    callId: value("Call-ID"),
    cseq: value("CSeq"),
    size,
  };
}
