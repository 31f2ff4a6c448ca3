/** Content-Length (RFC 3261 §20.14), read in one way by the parser and by the stream framer. */
import type { FailureCode } from "./failure.ts";
import type { Head } from "./head.ts";
import { limits } from "./limits.ts";
import { decimal } from "./octets.ts";

/**
 * The length of the body: a number, undefined when the field is absent, or what is wrong with it.
 * A duplicate was found by the head reader already. A number above the message limit is a number nobody can honour;
 * on a stream it may not be skipped over either.
 */
export function contentLength(head: Head): number | undefined | FailureCode {
  const text = head.headers.get("Content-Length");
  if (text === undefined) return undefined;
  const length = decimal(text, 2 ** 31 - 1);
  return length === undefined ? "content-length" : length;
}

/**
 * A stream needs the field (§18.3). Some clients leave it out when there is no body; we refuse and close all the same:
 * guessing zero lets a peer hide a second message in what another reader takes for the body.
 */
export function streamedLength(head: Head): number | FailureCode {
  const length = contentLength(head);
  if (length === undefined) return "content-length-missing";
  return typeof length === "number" && length > limits.message ? "message-too-large" : length;
}
