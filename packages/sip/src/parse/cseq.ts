import type { CSeq } from "../message/message.ts";
import { limits } from "./limits.ts";
import { DIGIT, decimal, isToken, span, WHITE } from "./octets.ts";

const MAX_CSEQ = 2 ** 32 - 1;

/** `1*DIGIT LWS Method` (RFC 3261 §20.16). The RFC allows senders 2^31 - 1; up to 2^32 - 1 is read, as RFC 4475 judges. */
export function parseCSeq(text: string): CSeq | undefined {
  const digitsEnd = span(text, 0, text.length, DIGIT);
  const methodFrom = span(text, digitsEnd, text.length, WHITE);
  const number = decimal(text.slice(0, digitsEnd), MAX_CSEQ);
  const method = text.slice(methodFrom);
  if (number === undefined || methodFrom === digitsEnd) return undefined;
  return method.length <= limits.method && isToken(method) ? { number, method } : undefined;
}
