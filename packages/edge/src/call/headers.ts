/**
 * What of one side's headers may be seen on the other. Default deny: a header crosses only because a function here takes
 * it apart and writes it anew (threat L6). No header is ever copied.
 */
import { decimal, formatNameAddr, limits, paramValue, parseParams, type Response, splitList } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { parseSeconds } from "../registrar/seconds.ts";
import type { CoreSettings } from "../settings.ts";
import type { EdgeState } from "../state.ts";

export type HeaderPair = readonly [string, string];

/** The methods we take in a dialog (RFC 3261 §20.5); what `phones.methods` adds is not for carriers. */
export function allowHeader(settings: CoreSettings, flow: Flow): string {
  const base = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK";
  const { refer, message, subscribe } = settings.config.phones.methods;
  if (flow.side === "trunk") return base;
  const notify = refer || subscribe ? ", NOTIFY" : "";
  return `${base}${refer ? ", REFER" : ""}${notify}${message ? ", MESSAGE" : ""}`;
}

/** RFC 5589 §7, RFC 4538 §4: a phone offers attended transfer where Replaces is known. */
export function supportedHeaders(settings: CoreSettings, flow: Flow): readonly HeaderPair[] {
  return settings.config.phones.methods.refer && flow.side !== "trunk" ? [["Supported", "replaces, tdialog"]] : [];
}

/** A From or To of ours: URI, tag, and a display name that formatNameAddr quotes. */
export function tagged(uri: string, tag: string, displayName?: string | undefined): string {
  return formatNameAddr({ displayName, uri, params: [{ name: "tag", value: tag }] });
}

/** Reason (RFC 3326) crosses as protocol and cause only: the text is somebody else's. */
const reasonProtocols: ReadonlyMap<string, string> = new Map([
  ["sip", "SIP"],
  ["q.850", "Q.850"],
]);

/** RFC 3326 §2: one value a protocol. */
const MAX_REASONS = 2;

export function reasonHeaders(values: readonly string[]): readonly HeaderPair[] {
  const out = new Map<string, HeaderPair>();
  for (const value of values.flatMap((field) => splitList(field, limits.listElements, "plain") ?? [])) {
    const semicolon = value.indexOf(";");
    const protocol = reasonProtocols.get(value.slice(0, Math.max(0, semicolon)).trim().toLowerCase());
    // A quoted text may hold whatever looks like a cause.
    const params = protocol === undefined ? undefined : parseParams(value, semicolon);
    const cause = params && decimal(paramValue(params, "cause") ?? "", 699);
    if (protocol === undefined || cause === undefined || out.has(protocol) || out.size === MAX_REASONS) continue;
    out.set(protocol, ["Reason", `${protocol};cause=${cause}`]);
  }
  return [...out.values()];
}

/** Longest wait a refusal may ask of a caller, in seconds. */
const MAX_RETRY_AFTER = 3600;

export function retryAfterHeaders(response: Response): readonly HeaderPair[] {
  const value = response.headers.get("Retry-After");
  // delta-seconds come first; a comment and parameters may follow (RFC 3261 §20.33).
  const seconds = value === undefined ? undefined : parseSeconds(digitsAtStart(value));
  return seconds === undefined ? [] : [["Retry-After", String(Math.min(seconds, MAX_RETRY_AFTER))]];
}

/** RFC 3261 §14.2, RFC 3311 §5.2: after a second offer of one side, drawn between 0 and 10 s. */
export function glareHeaders(state: EdgeState): readonly HeaderPair[] {
  const [random = 0] = state.random(1);
  return [["Retry-After", String(random % 11)]];
}

function digitsAtStart(text: string): string {
  let end = 0;
  while (end < text.length && text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return text.slice(0, end);
}
