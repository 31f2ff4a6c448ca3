/** OPTIONS: for ourselves it is a keep-alive, for somebody behind us it crosses like any request. */
import { HeaderList, type Response } from "@ringfence/sip";
import { tagged } from "../call/headers.ts";
import { badExtension } from "../call/option-tags.ts";
import { respond } from "../egress.ts";
import { sendForAccount } from "../registrar/sent-for-account.ts";
import type { Served } from "../served.ts";
import { type EdgeState, newCallId, newCSeq, newTag } from "../state.ts";
import { route } from "../trunk/route.ts";
import { capabilities } from "./allow.ts";
import type { Relay } from "./relay.ts";

export function onOptions(state: EdgeState, now: number, served: Served): void {
  const { request, flow } = served;
  // RFC 3261 §11: who asks with no hops left asks us, whomever it names.
  const noHops = request.maxForwards === 0;
  const forUs = noHops || request.requestUri.kind !== "sip" || request.requestUri.user === undefined;
  const stranger = flow.side === "phone" && state.bindings.onFlow(flow.id).length === 0;
  // A stranger learns nothing of who is behind us (enumeration): every user part gets the same answer.
  if (forUs || stranger || flow.side === "trunk") {
    return respond(state, now, served, { status: 200, headers: capabilities(state.settings, flow) });
  }
  const routed = route(state, request, flow);
  if ("status" in routed) {
    return respond(state, now, served, { status: routed.status, phrase: routed.phrase });
  }
  const headers = HeaderList.of(
    ["Max-Forwards", String((request.maxForwards ?? 70) - 1)],
    ["From", tagged(routed.from.uri, newTag(state), routed.from.displayName)],
    ["To", `<${routed.to}>`],
    ["Call-ID", newCallId(state)],
    ["CSeq", `${newCSeq(state)} OPTIONS`],
    ["Contact", `<${routed.contact}>`],
    ["Accept", "application/sdp"],
    ...(routed.credentials?.headers ?? []),
  );
  const out = { method: "OPTIONS", uri: routed.requestUri, headers, body: new Uint8Array(0) };
  const sent = sendForAccount(state, now, out, routed.flow, { account: routed.caller?.user });
  if (sent === undefined) return respond(state, now, served, { status: 503 });
  state.relays.add(now, sent, { ...served, step: { kind: "out-of-dialog" } });
}

/** The status is what the asker wants to know; who answered is not. */
export function onOptionsAnswer(state: EdgeState, now: number, relay: Relay, response: Response): void {
  if (response.status < 200) return;
  const said = response.status < 300 ? capabilities(state.settings, relay.flow) : [];
  const { status } = response;
  // Who asked required nothing of the one behind us.
  const answer = status === 420 ? badExtension(response, relay.request.headers) : { status, headers: said };
  const challenge = status === 401 || status === 407;
  respond(state, now, relay, challenge ? { status: 403 } : answer);
}
