/** What a notification says, read and written anew: Subscription-State (RFC 6665 §8.2.3), message/sipfrag (RFC 3420). */
import { decimal, type Request, reasonPhrase } from "@ringfence/sip";
import { parseSeconds } from "../registrar/seconds.ts";

const states: ReadonlySet<string> = new Set(["active", "pending", "terminated"]);

/** RFC 6665 §4.1.3. */
const reasons: ReadonlySet<string> = new Set([
  "deactivated",
  "giveup",
  "invariant",
  "noresource",
  "probation",
  "rejected",
  "timeout",
]);

export interface SubscriptionState {
  readonly state: string;
  readonly expires: number | undefined;
  /** As it goes on: nothing but the words above, in lower case. */
  readonly value: string;
}

export function readSubscriptionState(text: string): SubscriptionState | undefined {
  const [state = "", ...params] = text.split(";").map((part) => part.trim().toLowerCase());
  if (!states.has(state)) return undefined;
  const param = (name: string) => params.find((p) => p.startsWith(`${name}=`))?.slice(name.length + 1);
  const expires = parseSeconds(param("expires") ?? "");
  const reason = param("reason");
  const retry = parseSeconds(param("retry-after") ?? "");
  let value = state;
  if (state !== "terminated" && expires !== undefined) value += `;expires=${expires}`;
  if (state === "terminated" && reason !== undefined && reasons.has(reason)) value += `;reason=${reason}`;
  if (state === "terminated" && retry !== undefined) value += `;retry-after=${retry}`;
  return { state, expires, value };
}

const fragmentType = "message/sipfrag";

/** The status line of a fragment with our own phrase; "" without a body, undefined when it is no fragment. */
export function readStatusLine(request: Request): string | undefined {
  if (request.body.length === 0) return "";
  const type = request.headers.get("Content-Type") ?? "";
  if (!type.toLowerCase().startsWith(fragmentType)) return undefined;
  const start = Buffer.from(request.body.subarray(0, "SIP/2.0 200".length)).toString("latin1");
  const status = decimal(start.slice("SIP/2.0 ".length), 699);
  if (!start.startsWith("SIP/2.0 ") || status === undefined || status < 100) return undefined;
  return `SIP/2.0 ${status} ${reasonPhrase(status)}\r\n`;
}

/** Of what `readStatusLine` returned: more is to come. */
export function isProvisional(statusLine: string): boolean {
  return statusLine.startsWith("SIP/2.0 1");
}
