/** Every answer leaves through here, so that one rule holds for all: an unvalidated UDP source gets no more octets than it sent. */
import {
  HeaderList,
  type OutResponse,
  type Request,
  type ResponseEcho,
  reasonPhrase,
  responseTo,
  responseToEcho,
  serializeResponse,
} from "@ringfence/sip";
import { isOurs, keepDecision, newDecision } from "./decisions/noted.ts";
import type { Flow } from "./flow.ts";
import { owedHeaders } from "./local/owed.ts";
import { admitLine } from "./refusal-log.ts";
import type { Served } from "./served.ts";
import { count, type EdgeState, keyed, push, tell } from "./state.ts";

export interface Answer {
  /** Of the refusal that it is, when that was noted before. */
  readonly decision?: string | undefined;
  readonly status: number;
  readonly phrase?: string | undefined;
  readonly toTag?: string | undefined;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: Uint8Array | undefined;
}

type ResponseClass = "1xx" | "2xx" | "3xx" | "4xx" | "5xx" | "6xx";

const classes: readonly ResponseClass[] = ["1xx", "2xx", "3xx", "4xx", "5xx", "6xx"];

function responseClass(status: number): ResponseClass {
  return classes[Math.floor(status / 100) - 1] ?? "6xx";
}

/** A response to `request` with what every response of ours carries. */
export function buildResponse(request: Request, flow: Flow, answer: Answer): OutResponse {
  const sdp = answer.body !== undefined && answer.body.length > 0;
  return responseTo(request, answer.status, {
    reason: answer.phrase ?? reasonPhrase(answer.status),
    ...(answer.toTag === undefined ? {} : { toTag: answer.toTag }),
    ...(answer.headers === undefined ? {} : { headers: answer.headers }),
    ...(sdp ? { body: answer.body, contentType: "application/sdp" } : {}),
    packetSource: flow.packetSource,
  });
}

/** Answers a server transaction; the line in the log is written with the final response. */
export function respond(state: EdgeState, now: number, served: Served, answer: Answer): void {
  const { serverTx, request, flow } = served;
  const response = buildResponse(request, flow, {
    ...complete(state, request, flow, answer),
    toTag: answer.toTag ?? (answer.status > 100 ? missingTag(state, request) : undefined),
  });
  count(state, { name: "responses", side: flow.side, class: responseClass(answer.status) });
  const form = validated(state, flow) ? "stateful" : (withinMeasure(state, response, request.size) ?? "silent");
  if (answer.status >= 200) {
    const decision = answer.decision ?? ownRefusal(state, now, request, flow, answer);
    logRequest(state, request, flow, { ...answer, decision }, form === "silent");
  }
  push(state, state.transactions.respond(now, serverTx, response, form));
}

/**
 * RFC 3261 §8.2.7: answers without a transaction, so that a refused request leaves no state.
 * The To tag is a keyed hash of the request and thus the same for its retransmissions.
 */
export function answerStateless(state: EdgeState, request: Request, flow: Flow, answer: Answer): void {
  if (request.method === "ACK") return;
  const whole = complete(state, request, flow, answer);
  const response = buildResponse(request, flow, { ...whole, toTag: answer.toTag ?? stableTag(state, request) });
  count(state, { name: "responses", side: flow.side, class: responseClass(answer.status) });
  if (sendStateless(state, flow, response, request.size)) return;
  const suppressed = admitLine(state.refusalLog, state.now);
  if (suppressed !== undefined) logRequest(state, request, flow, answer, true, suppressed);
}

function complete({ settings }: EdgeState, request: Request, flow: Flow, answer: Answer): Answer {
  const { status, headers = [] } = answer;
  const owed = owedHeaders(settings, flow, request, status, headers);
  return owed.length === 0 ? answer : { ...answer, headers: [...headers, ...owed] };
}

/** The same for a request that could not be read as a whole. */
export function answerEcho(state: EdgeState, echo: ResponseEcho, flow: Flow, status: number, phrase: string): void {
  if (echo.method === "ACK") return;
  const toTag = keyed(state, 8, echo.callId, echo.from, echo.cseq);
  const response = responseToEcho(echo, status, { reason: phrase, toTag, packetSource: flow.packetSource });
  count(state, { name: "responses", side: flow.side, class: responseClass(status) });
  sendStateless(state, flow, response, echo.size);
}

/** Ours by its words, and by no rule: a decision all the same. What the PBX or a carrier answered has no words of ours. */
function ownRefusal(
  state: EdgeState,
  now: number,
  request: Request,
  flow: Flow,
  { status, phrase }: Answer,
): string | undefined {
  if (status < 400 || phrase === undefined) return undefined;
  const decision = newDecision(state);
  keepDecision(state, now, isOurs(state, flow) ? "ours" : "strangers", decision, [], {
    by: "answer",
    action: "reject",
    side: flow.side,
    trunk: flow.trunk,
    transport: flow.transport,
    source: sourceText(flow),
    method: request.method,
    status,
    reason: phrase,
    from: userOf(request.from.uri),
    to: userOf(request.requestUri),
  });
  return decision;
}

/** Inside a dialog the To has its tag, and the keyed hash would be for nothing. */
function missingTag(state: EdgeState, request: Request): string | undefined {
  return request.to.tag === undefined ? stableTag(state, request) : undefined;
}

/** The To tag of an answer that has no other. */
export function stableTag(state: EdgeState, request: Request): string {
  return keyed(state, 8, request.callId, request.from.tag ?? "", request.via.branch ?? "");
}

/**
 * A source is validated when it could not have been forged: it completed a TCP handshake, holds a registration on this
 * very flow, or is a configured peer (a trunk's or the PBX's address).
 */
export function validated(state: EdgeState, flow: Flow): boolean {
  return flow.reliable || flow.side !== "phone" || state.bindings.onFlow(flow.id).length > 0;
}

/** False: it was left out, because it is larger than what a source that may be forged has sent. */
function sendStateless(state: EdgeState, flow: Flow, response: OutResponse, measure: number): boolean {
  const bytes = validated(state, flow) ? serializeResponse(response) : withinMeasure(state, response, measure);
  if (bytes !== undefined) state.out.push({ kind: "send", flow, bytes });
  return bytes !== undefined;
}

/** Threat L11: for a forged source the answer must not be larger than the question; undefined when it cannot be made so. */
function withinMeasure(state: EdgeState, response: OutResponse, measure: number): Uint8Array | undefined {
  const long = serializeResponse(response);
  const compact = long.length <= measure ? long : serializeResponse(response, "compact");
  // Last resort before silence: only what the sender needs to go on, and no phrase (RFC 3261 §7.2 lets it be empty).
  const bytes =
    compact.length <= measure
      ? compact
      : serializeResponse({ ...response, reason: "", headers: essential(response.headers) }, "compact");
  if (state.amplification.spend(bytes.length)) return bytes;
  count(state, { name: "amplification_dropped" });
  return undefined;
}

const essentials: ReadonlySet<string> = new Set([
  "Via",
  "From",
  "To",
  "Call-ID",
  "CSeq",
  "WWW-Authenticate",
  "Proxy-Authenticate",
  "Unsupported",
]);

function essential(headers: HeaderList): HeaderList {
  const kept = new HeaderList();
  for (const { name, value } of headers) if (essentials.has(name)) kept.add(name, value);
  return kept;
}

function logRequest(
  state: EdgeState,
  request: Request,
  flow: Flow,
  answer: Answer,
  silent: boolean,
  suppressed = 0,
): void {
  const { status, phrase, decision } = answer;
  tell(state, {
    event: "request",
    level: "info",
    decision,
    side: flow.side,
    trunk: flow.trunk,
    transport: flow.transport,
    source: sourceText(flow),
    method: request.method,
    status,
    reason: silent ? "answer-too-large" : undefined,
    from: userOf(request.from.uri),
    to: userOf(request.requestUri),
    // Phrases are ours, never a peer's: what the phone shows is what the log says.
    detail: status >= 400 ? phrase : undefined,
    suppressed: suppressed > 0 ? suppressed : undefined,
  });
}

export function sourceText(flow: Flow): string {
  const { address, port } = flow.packetSource;
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** The user part of a URI as it may stand in a log field, undefined where there is none. */
export function userOf(uri: Request["requestUri"]): string | undefined {
  if (uri.kind === "sip") return uri.user;
  return uri.kind === "tel" ? uri.number : undefined;
}
