/** INFO and the like inside a call: a new request in the other dialog, its answer carried back. */
import { type Request, type Response, requestInDialog } from "@ringfence/sip";
import { respond } from "../egress.ts";
import { capabilities } from "../local/allow.ts";
import { type Crossable, crossable, readBody } from "../local/body.ts";
import type { InDialogStep, Relay } from "../local/relay.ts";
import type { Served } from "../served.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { legOf } from "./call-table.ts";
import { answeredOffer, undoOffer } from "./crossing.ts";
import { type HeaderPair, reasonHeaders } from "./headers.ts";
import { addCredentials, challengeFor } from "./in-dialog-credentials.ts";
import { pressed } from "./key-press.ts";
import { unsupportedHeaders } from "./option-tags.ts";
import { sendOnLeg } from "./send-on-leg.ts";
import { beginGranted, grantHeaders } from "./session.ts";
import { hangUp } from "./teardown.ts";

const rules: ReadonlyMap<string, Crossable> = new Map<string, Crossable>([
  ["INFO", crossable.info],
  ["MESSAGE", crossable.message],
]);

export function relayInDialog(state: EdgeState, now: number, call: Call, leg: Leg, served: Served): void {
  const { request } = served;
  const far = leg === call.a ? call.b : call.a;
  if (far.dialog === undefined) return respond(state, now, served, { status: 481 });
  // MESSAGE is between phones and the PBX: a carrier sends none and gets none.
  if (request.method === "MESSAGE" && (far.flow.side === "trunk" || leg.flow.side === "trunk")) {
    return respond(state, now, served, { status: 405 });
  }
  const body = readBody(request, rules.get(request.method) ?? crossable.none);
  if (body.kind === "refused") return respond(state, now, served, body);
  if (pressed(state, now, call, far, served, body)) return;
  const { dialog, request: out } = requestInDialog(far.dialog, request.method);
  far.dialog = dialog;
  addCredentials(state, now, out, request, leg, far);
  if (body.kind === "body") out.headers.set("Content-Type", body.type);
  const whole = { ...out, body: body.kind === "body" ? body.body : out.body };
  const sent = sendOnLeg(state, now, call, far, whole);
  if (sent === undefined) return respond(state, now, served, { status: 503 });
  state.relays.add(now, sent, {
    ...served,
    step: { kind: "in-dialog", call: call.id, from: leg.name },
  });
}

export function onInDialogAnswer(
  state: EdgeState,
  now: number,
  relay: Relay,
  step: InDialogStep,
  response: Response,
): void {
  if (response.status < 200) return;
  const call = state.calls.get(step.call);
  if (call !== undefined && answeredOffer(state, now, call, relay, step, response)) return;
  const near = call === undefined ? undefined : legOf(call, step.from);
  const renewed = relay.request.method === "UPDATE" && response.status < 300 ? near : undefined;
  const unsupported = response.status === 420 ? unsupportedHeaders(response, relay.request.headers) : [];
  const headers = [
    ...reasonHeaders(response.headers.all("Reason")),
    ...unsupported,
    ...answeredOptions(state, relay, response),
    ...(near !== undefined && beganDialog(relay.request, response) ? [["Contact", near.contact] as const] : []),
    ...(renewed === undefined ? [] : [["Contact", renewed.contact] as const, ...grantHeaders(step.session)]),
  ];
  if (call?.state === "up" && renewed !== undefined) beginGranted(state, now, call, renewed, step.session);
  const status = ours(response.status, unsupported.length > 0);
  const far = call === undefined ? undefined : legOf(call, step.from === "a" ? "b" : "a");
  const challenge = challengeFor(state, relay.request, relay.flow, far, response);
  if (challenge !== undefined) {
    return respond(state, now, relay, { status, headers: challenge });
  }
  const shown = status === 401 || status === 407 ? 403 : status;
  respond(state, now, relay, { status: shown, headers });
  // To a PRACK 481 says that the response it names is unknown (RFC 3262 §3), not the dialog.
  if ((status !== 481 && status !== 408) || relay.request.method === "PRACK" || step.aside) return;
  // RFC 3261 §12.2.1.2: the far side no longer has the dialog.
  if (call !== undefined) hangUp(state, now, call, "dialog-lost", 481);
}

/** RFC 3515 §2.4.4: the 2xx to a REFER outside a dialog makes one. */
function beganDialog({ method, to }: Request, { status }: Response): boolean {
  return method === "REFER" && to.tag === undefined && status < 300;
}

/** RFC 3261 §11.2: what is served on this side, whoever was asked. */
function answeredOptions(state: EdgeState, { request, flow }: Relay, { status }: Response): readonly HeaderPair[] {
  return request.method === "OPTIONS" && status < 300 ? capabilities(state.settings, flow) : [];
}

/** A 420 has to name what is not supported. A redirect means nothing inside a call, and the interval that 422 is about was ours (RFC 4028 §7.3). */
function ours(status: number, named: boolean): number {
  if (status === 420 && !named) return 500;
  return (status >= 300 && status < 400) || status === 422 ? 500 : status;
}

/** No answer came in time: an offer that went with the request is undone. */
export function onInDialogFailed(state: EdgeState, step: InDialogStep): void {
  const call = state.calls.get(step.call);
  if (call !== undefined && step.offer) undoOffer(state, call);
}
