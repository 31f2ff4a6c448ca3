/**
 * Taking back a registration (RFC 3261 §10.2.2): a Contact that nobody serves any more must not draw calls until it runs
 * out. It happens while the settings that made it are still in force: the carrier may challenge, and its answers are for
 * the sockets and the credentials there were.
 */
import { HeaderList, noBody, type OutRequest, type Response, sipUri } from "@ringfence/sip";
import { tagged } from "../call/headers.ts";
import { type EdgeState, tell } from "../state.ts";
import { carrierFlow } from "./carrier.ts";
import { answerChallenge } from "./challenge.ts";
import { watch } from "./keepalive.ts";
import { sendRequest } from "./pbx.ts";
import type { OwnRequest, RegisteredPlace, Registration } from "./trunk-states.ts";

/** A carrier that does not answer forgets us by itself. */
const PATIENCE = 2_000;

export function withdraw(state: EdgeState, now: number, entry: Registration): void {
  const { place } = entry;
  // One that was never accepted may yet be: its REGISTER is on the way.
  const known = entry.state === "trying" || entry.boundUntil > now;
  if (place === undefined || !known) return;
  entry.challenges = 0;
  entry.cseq += 1;
  send(state, now, entry, place, goodbye(entry, place));
  tell(state, { event: "trunk", level: "info", trunk: place.candidate.trunk.config.name, reason: "unregistered" });
}

function goodbye({ fromTag, callId, cseq }: Registration, { aor, contact, domain }: RegisteredPlace): OutRequest {
  const headers = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", tagged(aor, fromTag)],
    ["To", `<${aor}>`],
    ["Call-ID", callId],
    ["CSeq", `${cseq} REGISTER`],
    // Ours alone: `*` would end what others registered for the account.
    ["Contact", `<${contact}>;expires=0`],
    ["Expires", "0"],
  );
  return { method: "REGISTER", uri: sipUri({ host: domain }).raw, headers, body: noBody };
}

function send(state: EdgeState, now: number, entry: Registration, place: RegisteredPlace, request: OutRequest): void {
  const { candidate } = place;
  const flow = carrierFlow(state.settings, candidate);
  const id = flow === undefined ? undefined : sendRequest(state, now, request, flow);
  if (id !== undefined) watch(state, now, id, PATIENCE, { kind: "withdraw", candidate, sent: request, entry });
}

/** One challenge is answered; any other refusal means that there is nothing to take back. */
export function withdrawAnswered(state: EdgeState, now: number, request: OwnRequest, response: Response): void {
  const { entry, sent } = request;
  const place = entry?.place;
  const asked = response.status === 401 || response.status === 407;
  if (entry === undefined || place === undefined || !asked || entry.challenges > 0) return;
  entry.challenges += 1;
  const again = answerChallenge(state, place.candidate.trunk, sent, response);
  if (again !== undefined) send(state, now, entry, place, again);
}

/** Taken back and not answered yet. */
export function withdrawals(state: EdgeState): number {
  let count = 0;
  for (const { kind } of state.trunks.requests.values()) if (kind === "withdraw") count++;
  return count;
}
