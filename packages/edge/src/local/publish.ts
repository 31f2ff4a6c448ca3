/** PUBLISH (RFC 3903): a phone tells the PBX its presence. The document is written anew, the entity tag is the PBX's. */
import { isToken, type Response } from "@ringfence/sip";
import type { HeaderPair } from "../call/headers.ts";
import { respond } from "../egress.ts";
import { identityOn } from "../registrar/identity.ts";
import { parseSeconds } from "../registrar/seconds.ts";
import type { Served } from "../served.ts";
import { mainDomain } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import { badEvent, readEvent, rewrittenDocument } from "../subscription/document.ts";
import type { Relay } from "./relay.ts";
import { crossedAnswer, forward } from "./standing.ts";

const MAX_TAG = 128;
const MAX_EXPIRES = 86_400;

export function onPublish(state: EdgeState, now: number, served: Served): void {
  const { request, flow } = served;
  const event = readEvent(request);
  if (event?.package.name !== "presence") return respond(state, now, served, badEvent);
  const account = identityOn(state, flow, request);
  const domain = account?.domain ?? mainDomain(state.settings);
  // One's own presence only, as the account of the flow: the Request-URI of a PUBLISH is the address it is about.
  if (request.requestUri.kind !== "sip" || request.requestUri.user !== account?.user) {
    return respond(state, now, served, { status: 403 });
  }
  const place = { entity: `sip:${account?.user ?? ""}@${domain}`, domain };
  const document = rewrittenDocument(state, request, event.package, place);
  if (document.kind === "refused") return respond(state, now, served, document);
  const headers: HeaderPair[] = [["Event", event.value]];
  const seconds = parseSeconds(request.headers.get("Expires") ?? "");
  if (seconds !== undefined) headers.push(["Expires", String(Math.min(seconds, MAX_EXPIRES))]);
  const known = entityTag(request.headers.get("SIP-If-Match"));
  if (known !== undefined) headers.push(["SIP-If-Match", known]);
  if (document.kind === "document") headers.push(["Content-Type", document.type]);
  const body = document.kind === "document" ? document.body : new Uint8Array(0);
  forward(state, now, served, headers, body, { kind: "publish" });
}

function entityTag(text: string | undefined): string | undefined {
  return text !== undefined && text.length <= MAX_TAG && isToken(text) ? text : undefined;
}

export function onPublishAnswer(state: EdgeState, now: number, relay: Relay, response: Response): void {
  if (response.status < 200) return;
  const { request, flow } = relay;
  const answer = crossedAnswer(state, request, flow, response);
  const headers: HeaderPair[] = [...answer.headers];
  const tag = entityTag(response.headers.get("SIP-ETag"));
  const seconds = parseSeconds(response.headers.get("Expires") ?? "");
  if (answer.status < 300 && tag !== undefined) headers.push(["SIP-ETag", tag]);
  if (answer.status < 300 && seconds !== undefined) headers.push(["Expires", String(seconds)]);
  respond(state, now, relay, { ...answer, headers });
}
