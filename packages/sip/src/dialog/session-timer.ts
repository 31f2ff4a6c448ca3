/**
 * Session timers (RFC 4028) as arithmetic: what a message says, what is granted, when something is due. Header fields
 * count in seconds, deadlines in milliseconds. No clock and no dialog: whoever keeps the dialog keeps the timer.
 */
import type { HeaderList } from "../message/headers.ts";
import type { Millis } from "../outside.ts";
import { limits } from "../parse/limits.ts";
import { DIGIT, decimal, span } from "../parse/octets.ts";
import { paramValue, parseParams } from "../parse/params.ts";
import { splitList } from "../parse/quoted.ts";

/** Whoever sent the request (uac) or whoever answered it (uas). */
export type Refresher = "uac" | "uas";

/** §5: "the absolute minimum", and what a missing Min-SE means. */
export const LEAST_SESSION = 90;

const MAX_DELTA = 2 ** 32 - 1;

export interface SessionFields {
  /** `timer` stands in Supported or Require. */
  readonly supported: boolean;
  readonly expires: number | undefined;
  readonly refresher: Refresher | undefined;
  readonly minSe: number | undefined;
}

/** What a side asks for and takes, in seconds; `least` is at least 90. */
export interface SessionBounds {
  readonly expires: number;
  readonly least: number;
}

export interface SessionGrant {
  readonly expires: number;
  readonly refresher: Refresher;
  /** §9: the 2xx says Require: timer. */
  readonly required: boolean;
}

/** §4, §5. Undefined when a field is there and is not what the grammar says: whoever guesses, guesses when a call ends. */
export function readSession(headers: HeaderList): SessionFields | undefined {
  const expires = headers.get("Session-Expires");
  const minSe = headers.get("Min-SE");
  const interval = expires === undefined ? undefined : deltaWithParams(expires);
  const least = minSe === undefined ? undefined : deltaWithParams(minSe);
  if ((expires !== undefined && interval === undefined) || (minSe !== undefined && least === undefined))
    return undefined;
  const word = interval?.refresher?.toLowerCase();
  if (word !== undefined && word !== "uac" && word !== "uas") return undefined;
  const supported = names(headers, "Supported") || names(headers, "Require");
  return { supported, expires: interval?.seconds, refresher: word, minSe: least?.seconds };
}

function deltaWithParams(text: string): { seconds: number; refresher: string | undefined } | undefined {
  const end = span(text, 0, text.length, DIGIT);
  const seconds = decimal(text.slice(0, end), MAX_DELTA);
  const params = parseParams(text, end);
  if (seconds === undefined || params === undefined) return undefined;
  const bare = params.some((param) => param.name === "refresher" && param.value === undefined);
  return bare ? undefined : { seconds, refresher: paramValue(params, "refresher") };
}

function names(headers: HeaderList, field: "Supported" | "Require"): boolean {
  return headers
    .all(field)
    .some((value) => splitList(value, limits.listElements, "plain")?.some((tag) => tag.toLowerCase() === "timer"));
}

/**
 * §9: what the answerer of a request grants. `too-small` is a 422 with Min-SE; undefined is a 2xx without
 * Session-Expires, and no timer.
 *
 * @param keep who refreshes until now, as this request would say it: a refresh that names nobody changes nobody
 */
export function grantSession(
  asked: SessionFields,
  bounds: SessionBounds,
  keep?: Refresher,
): SessionGrant | "too-small" | undefined {
  const { supported, expires, minSe = LEAST_SESSION } = asked;
  // Only a sender that knows the extension understands 422; a proxy's too short interval is not taken up.
  if (expires !== undefined && expires < bounds.least) return supported ? "too-small" : undefined;
  if (!supported) {
    // Table 2: the sender cannot refresh, somebody on the way wants it, so the answerer does.
    const wanted = expires !== undefined && asked.refresher !== "uac";
    return wanted ? { expires: shortened(expires, bounds, minSe), refresher: "uas", required: false } : undefined;
  }
  const interval = expires === undefined ? Math.max(bounds.expires, minSe) : shortened(expires, bounds, minSe);
  // Table 2 leaves it to us. Who only knows timers and asked for none may never refresh, and would lose its call.
  const unnamed = keep ?? (expires === undefined ? "uas" : "uac");
  return { expires: interval, refresher: asked.refresher ?? unnamed, required: true };
}

/** §9: never longer than asked for, never shorter than the request's Min-SE. */
function shortened(expires: number, bounds: SessionBounds, minSe: number): number {
  return Math.max(Math.min(expires, bounds.expires), Math.min(minSe, expires), LEAST_SESSION);
}

/** §7.2: what a 2xx to a request of ours grants; undefined: the session does not expire. */
export function sessionGranted(answer: SessionFields): { expires: number; refresher: Refresher } | undefined {
  const { expires, refresher } = answer;
  if (expires === undefined || expires < LEAST_SESSION) return undefined;
  // The parameter is a MUST. Without it we refresh: twice is better than never.
  return { expires, refresher: refresher ?? "uac" };
}

/** Table 1 of whoever repeats a refused request: the interval to ask for, undefined when it is longer than `most`. */
export function afterTooSmall(minSe: number | undefined, asked: number, most: number): number | undefined {
  return minSe === undefined || minSe <= asked || minSe > most ? undefined : minSe;
}

/** §7.2: the refresher acts at half of the interval. */
export function refreshAfter(expires: number): Millis {
  return (expires * 1000) / 2;
}

/** §10: without a refresh BYE goes out this long before the end: 32 s, or a third of the interval when that is less. */
export function endAfter(expires: number): Millis {
  return expires * 1000 - Math.min(32_000, (expires * 1000) / 3);
}

/** RFC 3261 §14.1: after 491, in units of 10 ms: 2.1 to 4 s for whoever made the Call-ID, up to 2 s for the other. */
export function afterGlare(ownsCallId: boolean, random: number): Millis {
  const [first, steps] = ownsCallId ? [2100, 191] : [0, 201];
  return first + 10 * (random % steps);
}
