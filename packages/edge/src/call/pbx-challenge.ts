/**
 * The PBX asks for the password of an INVITE and Ringfence has it (`authentication: edge`): the INVITE goes out once more.
 * Threat L4: only on the phones' leg of the call, only on the socket that leads to the PBX, only for the caller's account.
 */
import type { Response } from "@ringfence/sip";
import { pbxCredentials } from "../registrar/pbx-credentials.ts";
import { carriesCredentials } from "../registrar/pbx-register.ts";
import { repetition, sayRefused } from "../registrar/sent-for-account.ts";
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
  const credentials = pbxCredentials(state, near.account, sent, response);
  if (credentials === undefined) {
    // Refused over a nonce just given: the password is wrong, and stays so.
    if (carriesCredentials(sent)) sayRefused(state, { account: near.account, request: sent }, response.status);
    return false;
  }
  const again = repetition(sent, credentials, exchange.initial ? undefined : far);
  const id = sendRequest(state, now, again, legFlow(state, far));
  if (id === undefined) return false;
  exchange.sent = again;
  exchange.clientTx = id;
  state.calls.bindTransaction(id, call);
  return true;
}
