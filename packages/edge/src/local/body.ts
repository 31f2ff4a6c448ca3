/** Bodies other than SDP that may cross, by method: a type from a list, a size, and nothing else of Content-*. */
import type { Request } from "@ringfence/sip";

export interface Crossable {
  readonly types: ReadonlySet<string>;
  readonly maxSize: number;
}

/** RFC 3428 §8: no more over a transport without congestion control, and the next hop may have one. */
const MAX_MESSAGE = 1300;
/** No key press needs more. */
const MAX_INFO = 2048;
/** A presence or dialog document with some ten entries. */
const MAX_DOCUMENT = 16_384;

export const crossable = {
  /** No text/html: it is what a console or a phone would show, and nobody asked for it. */
  message: {
    types: new Set(["text/plain", "application/im-iscomposing+xml"]),
    maxSize: MAX_MESSAGE,
  },
  /** Key presses and picture requests. */
  info: {
    types: new Set(["application/dtmf", "application/dtmf-relay", "application/media_control+xml"]),
    maxSize: MAX_INFO,
  },
  summary: { types: new Set(["application/simple-message-summary"]), maxSize: MAX_INFO },
  presence: { types: new Set(["application/pidf+xml"]), maxSize: MAX_DOCUMENT },
  dialog: { types: new Set(["application/dialog-info+xml"]), maxSize: MAX_DOCUMENT },
  none: { types: new Set<string>(), maxSize: 0 },
} as const satisfies Record<string, Crossable>;

export type Body =
  | { readonly kind: "none" }
  | { readonly kind: "body"; readonly type: string; readonly body: Uint8Array }
  | { readonly kind: "refused"; readonly status: 413 | 415; readonly headers: readonly (readonly [string, string])[] };

/** Content-Encoding was refused before (`checkRequest`). */
export function readBody(request: Request, rule: Crossable): Body {
  if (request.body.length === 0) return { kind: "none" };
  const [head = "", ...params] = (request.headers.get("Content-Type") ?? "")
    .split(";")
    .map((p) => p.trim().toLowerCase());
  if (!rule.types.has(head)) return { kind: "refused", status: 415, headers: [["Accept", [...rule.types].join(", ")]] };
  if (request.body.length > rule.maxSize) return { kind: "refused", status: 413, headers: [] };
  // RFC 3428 §9: text is UTF-8 unless it says otherwise; only that needs to be said.
  const utf8 = params.some((param) => param === "charset=utf-8" || param === 'charset="utf-8"');
  return { kind: "body", type: utf8 ? `${head};charset=UTF-8` : head, body: request.body };
}
