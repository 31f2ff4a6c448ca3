import { type Message, parseMessage, type Request, type Response, responseTo, serializeResponse } from "@ringfence/sip";

export interface RequestParts {
  readonly method: string;
  readonly uri?: string;
  readonly transport?: string;
  /** sent-by */
  readonly host?: string;
  readonly branch?: string;
  readonly from?: string;
  readonly to?: string;
  readonly callId?: string;
  readonly cseq?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

/** The bytes of a request as a phone might send it, every part replaceable. */
function requestBytes(parts: RequestParts): Uint8Array {
  const body = parts.body ?? "";
  const lines = [
    `${parts.method} ${parts.uri ?? "sip:b@example.com"} SIP/2.0`,
    `Via: SIP/2.0/${parts.transport ?? "UDP"} ${parts.host ?? "phone.example"};branch=${parts.branch ?? "z9hG4bKtest"}`,
    "Max-Forwards: 70",
    `From: ${parts.from ?? "<sip:a@example.com>;tag=from"}`,
    `To: ${parts.to ?? "<sip:b@example.com>"}`,
    `Call-ID: ${parts.callId ?? "call"}`,
    `CSeq: ${parts.cseq ?? 1} ${parts.method}`,
    ...(parts.headers ?? []).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${body.length}`,
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1");
}

export function sipRequest(parts: RequestParts): Request {
  return asRequest(requestBytes(parts));
}

export function asRequest(bytes: Uint8Array): Request {
  const message = parsed(bytes);
  if (message.kind !== "request") throw new Error("not a request");
  return message;
}

/** What a peer with the given tag answers to a request of ours. */
export function responseBytes(
  request: Request,
  status: number,
  toTag = "peer",
  headers: readonly (readonly [string, string])[] = [],
): Uint8Array {
  return serializeResponse(responseTo(request, status, { toTag, headers }));
}

export function sipResponse(...parts: Parameters<typeof responseBytes>): Response {
  const message = parsed(responseBytes(...parts));
  if (message.kind !== "response") throw new Error("not a response");
  return message;
}

function parsed(bytes: Uint8Array): Message {
  const message = parseMessage(bytes, "datagram");
  if (message.kind === "failure") throw new Error(`a test message does not parse: ${message.code}`);
  return message;
}
