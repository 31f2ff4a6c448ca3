/**
 * The PBX asks for the password of an INVITE and Ringfence has it (`authentication: edge`): the INVITE goes out once more.
 * Threat L4: only on the phones' leg of the call, only on the socket that leads to the PBX, only for the caller's account.
 */
import type { OutRequest, Response } from "@ringfence/sip";
import { pbxCredentials } from "../registrar/pbx-credentials.ts";
import type { EdgeState } from "../state.ts";
import { sendRequest } from "../trunk/pbx.ts";
import type { Call, Exchange, Leg } from "./call.ts";
import { legFlow } from "./leg-flow.ts";

/** True when the INVITE is on its way again; false when the challenge is one that nobody here answers. */
export function answeredChallenge(
  state: EdgeState,
  now: number,
  call: Call,
  exchange: Exchange,
  near: Leg,
  far: Leg,
  response: Response,
): boolean {
  const { sent } = exchange;
  const challenged = response.status === 401 || response.status === 407;
  if (!challenged || state.settings.accounts === undefined || sent === undefined) return false;
  if (far.flow.endpoint.role !== "core-phones" || near.flow.side !== "phone" || near.account === undefined)
    return false;
  // Refused over a nonce just given: the password is wrong, and stays so.
  if (sent.headers.has("Authorization") || sent.headers.has("Proxy-Authorization")) return false;
  const credentials = pbxCredentials(state, near.account, sent, response);
  if (credentials === undefined) return false;
  const [digits = "0"] = (sent.headers.get("CSeq") ?? "").split(" ");
  const sequence = Number(digits) + 1;
  const headers = sent.headers.clone().set("CSeq", `${sequence} INVITE`);
  const again: OutRequest = { ...sent, headers: headers.set(...credentials) };
  const id = sendRequest(state, now, again, legFlow(state, far));
  if (id === undefined) return false;
  // RFC 3261 §22.2: a new request of the same dialog, if there is one.
  if (!exchange.initial && far.dialog !== undefined) far.dialog = { ...far.dialog, localSeq: sequence };
  exchange.sent = again;
  exchange.clientTx = id;
  state.calls.bindTransaction(id, call);
  return true;
}
