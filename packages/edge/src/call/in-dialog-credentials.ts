/**
 * Digest inside a call: some PBXs challenge a re-INVITE or an UPDATE too (pbx.md section 1). As everywhere, credentials go
 * from a phone to the PBX only, challenges from the PBX to a phone only (threat L4).
 */
import type { OutRequest, Request, Response } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { relayedChallenges } from "../registrar/credentials.ts";
import { crossingCredentials, isHeld } from "../registrar/guessing.ts";
import type { EdgeState } from "../state.ts";
import type { Leg } from "./call.ts";
import type { HeaderPair } from "./headers.ts";

/** With `authentication: edge` what a phone shows us is for us, and the PBX hears nothing of it. */
export function addCredentials(
  state: EdgeState,
  now: number,
  out: OutRequest,
  request: Request,
  near: Leg,
  far: Leg,
): void {
  if (near.flow.side !== "phone" || far.flow.endpoint.role !== "core-phones") return;
  const { account } = near;
  // Who has guessed too often is challenged by the PBX, which sees no more guesses: the call itself goes on.
  if (account !== undefined && isHeld(state, now, near.flow, account, request)) return;
  const { headers } = crossingCredentials(state, near.flow, account, request);
  for (const [name, value] of headers) out.headers.add(name, value);
}

/** The challenge for the sender of `request`, or undefined when there is none that may cross. */
export function challengeFor(
  state: EdgeState,
  request: Request,
  flow: Flow,
  far: Leg | undefined,
  response: Response,
): readonly HeaderPair[] | undefined {
  if (response.status !== 401 && response.status !== 407) return undefined;
  if (state.settings.accounts !== undefined || flow.side !== "phone" || far?.flow.endpoint.role !== "core-phones")
    return undefined;
  const headers = relayedChallenges(state.challenges, flow, request, response);
  return headers.length > 0 ? headers : undefined;
}
