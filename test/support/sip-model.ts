/** A parsed message as plain data, without what may differ in spelling, and the message written out again. */
import { formatUri, type Message, type NameAddr, serializeRequest, serializeResponse, type Uri } from "@ringfence/sip";

/** Each form with where it may be read: without a body the compact one has no Content-Length, which a stream needs. */
export const forms = [
  ["long", "stream"],
  ["compact", "datagram"],
] as const;

export function reserialize(message: Message, form: "long" | "compact" = "long"): Uint8Array {
  const { headers, body } = message;
  if (message.kind === "response") {
    return serializeResponse({ status: message.status, reason: message.reason, headers, body }, form);
  }
  return serializeRequest({ method: message.method, uri: formatUri(message.requestUri), headers, body }, form);
}

export function model(message: Message): unknown {
  const start =
    message.kind === "response"
      ? [message.status, message.reason]
      : [message.method, uriModel(message.requestUri), message.maxForwards];
  return {
    start,
    vias: message.vias,
    branch: message.via.branch,
    sentBy: [message.via.transport, message.via.host, message.via.port],
    from: nameAddrModel(message.from),
    to: nameAddrModel(message.to),
    callId: message.callId,
    cseq: message.cseq,
    headers: [...message.headers]
      .filter(({ name }) => name !== "Content-Length")
      .map(({ name, value }) => [name, value]),
    body: Buffer.from(message.body).toString("hex"),
  };
}

function nameAddrModel({ displayName, uri, params, tag }: NameAddr): unknown {
  return { displayName, uri: uriModel(uri), params, tag };
}

function uriModel(uri: Uri): unknown {
  const { raw, ...rest } = uri;
  return uri.kind === "other" ? raw : rest;
}
