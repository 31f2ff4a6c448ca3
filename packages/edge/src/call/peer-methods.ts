/** What a leg's peer says it takes (RFC 3261 §20.5), and what is said when it does not take what its side is configured for. */
import { limits, type Request, type Response, splitList } from "@ringfence/sip";
import { count, type EdgeState, tell } from "../state.ts";
import type { Call, Leg } from "./call.ts";

export interface PeerMethods {
  /** Until it says so it does not: a refresh is then a re-INVITE, which everybody takes. */
  update: boolean;
  /** undefined: it has not said. */
  info: boolean | undefined;
}

export function newPeerMethods(): PeerMethods {
  return { update: false, info: undefined };
}

/** Without the field it said nothing new. */
export function noteMethods(leg: Leg, message: Request | Response): void {
  const allowed = message.headers.all("Allow");
  if (allowed.length === 0) return;
  const takes = (method: string) =>
    allowed.some((value) => splitList(value, limits.listElements, "plain")?.includes(method));
  leg.takes.update = takes("UPDATE");
  leg.takes.info = takes("INFO");
}

/** Once a call, at its answer: with `dtmf: info` key presses go to that side as INFO and as nothing else. */
export function warnOfUnheardKeys(state: EdgeState, call: Call): void {
  for (const { media, takes, flow, trunk, account } of [call.a, call.b]) {
    if (media.dtmf !== "info" || takes.info !== false) continue;
    const { side } = flow;
    count(state, { name: "keys_unheard", side });
    tell(state, { event: "call", level: "warn", reason: "no-info", call: call.id, side, trunk, account });
  }
}
