/** The events that are served, each with the one kind of document it carries and how that is written anew. */
import { isToken, type Request } from "@ringfence/sip";
import { type Crossable, crossable, readBody } from "../local/body.ts";
import type { EdgeState } from "../state.ts";
import { rewrittenDialogInfo } from "./dialog-info.ts";
import type { EventName } from "./event-names.ts";
import { rewrittenSummary } from "./message-summary.ts";
import type { Place } from "./place.ts";
import { rewrittenPresence } from "./presence.ts";

export interface EventPackage {
  readonly name: EventName;
  readonly type: string;
  readonly rule: Crossable;
  readonly rewrite: (state: EdgeState, body: Uint8Array, place: Place) => string | undefined;
}

const packages: ReadonlyMap<string, EventPackage> = new Map(
  (
    [
      {
        name: "message-summary",
        type: "application/simple-message-summary",
        rule: crossable.summary,
        rewrite: (_state, body, place) => rewrittenSummary(body, place),
      },
      { name: "dialog", type: "application/dialog-info+xml", rule: crossable.dialog, rewrite: rewrittenDialogInfo },
      {
        name: "presence",
        type: "application/pidf+xml",
        rule: crossable.presence,
        rewrite: (_state, body, place) => rewrittenPresence(body, place),
      },
    ] satisfies readonly EventPackage[]
  ).map((each) => [each.name, each]),
);

/** RFC 6665 §8.2.1: of the parameters only `id` has a meaning to both sides. */
export interface Event {
  readonly package: EventPackage;
  readonly id: string | undefined;
  readonly value: string;
}

const MAX_ID = 64;

export function readEvent(request: Request): Event | undefined {
  const [name = "", ...params] = (request.headers.get("Event") ?? "").split(";").map((part) => part.trim());
  const found = packages.get(name.toLowerCase());
  if (found === undefined) return undefined;
  const text = params.find((param) => param.toLowerCase().startsWith("id="))?.slice("id=".length);
  const id = text !== undefined && text.length <= MAX_ID && isToken(text) ? text : undefined;
  return { package: found, id, value: id === undefined ? found.name : `${found.name};id=${id}` };
}

export const badEvent = { status: 489 } as const;

export type Document =
  | { readonly kind: "none" }
  | { readonly kind: "document"; readonly type: string; readonly body: Uint8Array }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly headers: readonly (readonly [string, string])[];
    };

export function rewrittenDocument(state: EdgeState, request: Request, of: EventPackage, place: Place): Document {
  const body = readBody(request, of.rule);
  if (body.kind !== "body") return body;
  const text = of.rewrite(state, body.body, place);
  if (text === undefined) return { kind: "refused", status: 400, headers: [] };
  return { kind: "document", type: of.type, body: Buffer.from(text, "utf8") };
}
