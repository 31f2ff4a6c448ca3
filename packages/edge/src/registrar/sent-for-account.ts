/**
 * Requests that went to the PBX for an account, with `authentication: edge`: whatever their method, the PBX's challenge is
 * answered by sending the same request once more. Threat L4: only what we sent ourselves, from the phones' socket, to the
 * PBX, and only once; the answer came back over that flow, or the transaction would not know it.
 */
import type { Dialog, OutRequest, Response } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { type EdgeState, tell } from "../state.ts";
import { sendRequest } from "../trunk/pbx.ts";
import { pbxCredentials } from "./pbx-credentials.ts";
import { carriesCredentials } from "./pbx-register.ts";

/** Whose password answers, and the dialog whose sequence numbers a repetition goes on with. */
export interface Sender {
  readonly account: string | undefined;
  readonly leg?: { dialog: Dialog | undefined } | undefined;
}

export interface SentForAccount {
  readonly account: string;
  readonly leg: Sender["leg"];
  readonly flow: Flow;
  readonly request: OutRequest;
}

/** As `sendRequest`, and a challenge of the PBX for it will be answered for the sender. */
export function sendForAccount(
  state: EdgeState,
  now: number,
  request: OutRequest,
  flow: Flow,
  { account, leg }: Sender,
): number | undefined {
  const id = sendRequest(state, now, request, flow);
  const ours = state.settings.accounts !== undefined && flow.endpoint.role === "core-phones";
  if (id !== undefined && ours && account !== undefined) {
    state.registrar.sent.set(id, { account, leg, flow, request });
  }
  return id;
}

/** The transaction and request that carry the answer; undefined when the response is no challenge that is answered. */
export function answeredForAccount(
  state: EdgeState,
  now: number,
  id: number,
  response: Response,
): { readonly id: number; readonly request: OutRequest } | undefined {
  if (response.status !== 401 && response.status !== 407) return undefined;
  const sent = state.registrar.sent.get(id);
  if (sent === undefined) return undefined;
  const credentials = pbxCredentials(state, sent.account, sent.request, response);
  if (credentials === undefined) {
    if (carriesCredentials(sent.request)) sayRefused(state, sent, response.status);
    return undefined;
  }
  const request = repetition(sent.request, credentials, sent.leg);
  const again = sendForAccount(state, now, request, sent.flow, sent);
  return again === undefined ? undefined : { id: again, request };
}

/** RFC 3261 §22.2: the same request with the next CSeq, which is that of its dialog when other requests went meanwhile. */
export function repetition(
  sent: OutRequest,
  credentials: readonly [name: string, value: string],
  leg: Sender["leg"],
): OutRequest {
  const before = Number.parseInt(sent.headers.get("CSeq") ?? "0", 10);
  const dialog = leg?.dialog;
  const sequence = Math.max(before, dialog?.localSeq ?? 0) + 1;
  if (leg !== undefined && dialog !== undefined) leg.dialog = { ...dialog, localSeq: sequence };
  const headers = sent.headers.clone().set("CSeq", `${sequence} ${sent.method}`);
  return { ...sent, headers: headers.set(...credentials) };
}

/** Refused over a nonce just given: the password is wrong, and whoever keeps the accounts file has to hear of it. */
export function sayRefused(
  state: EdgeState,
  { account, request }: Pick<SentForAccount, "account" | "request">,
  status: number,
): void {
  tell(state, {
    event: "request",
    level: "warn",
    reason: "refused-by-pbx",
    method: request.method,
    status,
    account,
    detail: "the PBX does not take the password of the accounts file",
  });
}
