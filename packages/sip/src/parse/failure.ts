/**
 * The closed list of reasons why octets are not a SIP message. Each knows its verdict beside its definition;
 * `text` tells an engineer what was wrong and is also the reason phrase of the answer.
 */
interface Definition {
  /** What a request gets; "drop" where an answer would only help an attacker or nobody could read it. */
  readonly answer: number | "drop";
  readonly text: string;
}

const definitions = {
  empty: { answer: "drop", text: "Nothing but line ends" },
  "not-sip": { answer: "drop", text: "First line is not SIP" },
  "message-too-large": { answer: 513, text: "Message is larger than 64 KiB" },
  "head-too-large": { answer: 513, text: "Header section is larger than 64 KiB" },
  "head-unfinished": { answer: 400, text: "Header section does not end with an empty line" },
  "bare-line-end": { answer: 400, text: "CR or LF alone in the header section" },
  "control-character": { answer: 400, text: "Control character in the header section" },
  "overlong-utf8": { answer: 400, text: "Overlong UTF-8 sequence in the header section" },
  "fold-first": { answer: 400, text: "Folded line without a header field before it" },
  "header-syntax": { answer: 400, text: "Header line is not a token followed by a colon" },
  "header-too-long": { answer: 400, text: "Header field is too long" },
  "too-many-headers": { answer: 400, text: "Too many header fields" },
  "start-line": { answer: 400, text: "Start line is malformed" },
  "start-line-space": { answer: 400, text: "Start line has white space where none may be" },
  "start-line-too-long": { answer: 414, text: "Start line is too long" },
  version: { answer: 505, text: "SIP version is not 2.0" },
  "request-uri": { answer: 400, text: "Request-URI is malformed" },
  status: { answer: "drop", text: "Status code is not between 100 and 699" },
  "duplicate-header": { answer: 400, text: "Header field that may stand only once is repeated" },
  "content-length": { answer: 400, text: "Content-Length is not a number we can take" },
  "content-length-conflict": { answer: 400, text: "More than one Content-Length" },
  "content-length-missing": { answer: 400, text: "Content-Length is missing on a stream" },
  "body-short": { answer: 400, text: "Content-Length is larger than the message" },
  "body-long": { answer: 400, text: "Octets left after the body" },
  "via-missing": { answer: "drop", text: "Via is missing" },
  via: { answer: 400, text: "Via is malformed" },
  "too-many-vias": { answer: 400, text: "Too many Via values" },
  "from-missing": { answer: 400, text: "From is missing" },
  from: { answer: 400, text: "From is malformed" },
  "to-missing": { answer: 400, text: "To is missing" },
  to: { answer: 400, text: "To is malformed" },
  "call-id-missing": { answer: 400, text: "Call-ID is missing" },
  "call-id": { answer: 400, text: "Call-ID is malformed" },
  "cseq-missing": { answer: 400, text: "CSeq is missing" },
  cseq: { answer: 400, text: "CSeq is malformed or above 2^32-1" },
  "cseq-method": { answer: 400, text: "CSeq method is not the request method" },
  "max-forwards": { answer: 400, text: "Max-Forwards is not a number from 0 to 255" },
} as const satisfies Record<string, Definition>;

export type FailureCode = keyof typeof definitions;

export const failureCodes = Object.keys(definitions) as readonly FailureCode[];

/** Raw values, enough to answer a request nobody could parse. A field that was missing or unreadable is "". */
export interface ResponseEcho {
  readonly method: string;
  /** Via field values as they stood, topmost first, never empty; not split, they may be what was malformed. */
  readonly vias: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: string;
  /** Octets on the wire. */
  readonly size: number;
}

export type FailureVerdict =
  | { readonly act: "drop" }
  | { readonly act: "reject"; readonly status: number; readonly reason: string };

export interface ParseFailure {
  readonly kind: "failure";
  readonly code: FailureCode;
  /** One line for a human. */
  readonly text: string;
  readonly verdict: FailureVerdict;
  /** There when the verdict is to reject; undefined for a drop: a response, an ACK, no readable Via, not SIP. */
  readonly echo: ResponseEcho | undefined;
}

/** What was wrong, in one line. */
export function failureText(code: FailureCode): string {
  return definitions[code].text;
}

/** The status a request gets, or "drop". A response, an ACK and what has no readable Via are dropped in any case. */
export function failureAnswer(code: FailureCode): number | "drop" {
  return definitions[code].answer;
}

/** Without an echo (a response, an ACK, no Via) there is nobody to answer: always a drop. */
export function parseFailure(code: FailureCode, echo: ResponseEcho | undefined): ParseFailure {
  const { answer, text } = definitions[code];
  if (answer === "drop" || echo === undefined) {
    return { kind: "failure", code, text, verdict: { act: "drop" }, echo: undefined };
  }
  return { kind: "failure", code, text, verdict: { act: "reject", status: answer, reason: text }, echo };
}
