/** The first INVITE to a carrier, again with credentials: the caller notices nothing of the challenge (threat L4). */
import type { Response } from "@ringfence/sip";
import type { EdgeState } from "../state.ts";
import { answerChallenge, MAX_ANSWERS } from "../trunk/challenge.ts";
import { disarmAttempt } from "./attempt.ts";
import type { Call, Exchange } from "./call.ts";
import { sendInvite } from "./send-invite.ts";

/** False: this challenge is not answered, and stays a refusal. Requests inside a call never get here. */
export function authorize(state: EdgeState, now: number, call: Call, exchange: Exchange, response: Response): boolean {
  const { attempt } = call;
  const { status } = response;
  if ((status !== 401 && status !== 407) || attempt === undefined || exchange.sent === undefined) return false;
  // Only before the call: what rings has been let in, and asks for nothing more (RFC 3261 §22.2).
  if (!exchange.initial || exchange.from !== "a" || call.b.flow.side !== "trunk") return false;
  if (attempt.challenges >= MAX_ANSWERS) return false;
  const trunk = state.settings.trunks.find((t) => t.config.name === attempt.trunk);
  if (trunk === undefined || call.b.trunk !== attempt.trunk) return false;
  const again = answerChallenge(state, trunk, exchange.sent, response);
  if (again === undefined) return false;
  attempt.challenges += 1;
  disarmAttempt(state, call);
  call.b.dialog = undefined;
  exchange.clientTx = undefined;
  sendInvite(state, now, call, again);
  return true;
}
