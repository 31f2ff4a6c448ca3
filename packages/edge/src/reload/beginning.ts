/** What a call began with, for the rules of a later reload: its INVITE is long gone by then. */
import type { SignalSubject } from "@ringfence/policy";
import type { Request } from "@ringfence/sip";
import { dialledText } from "../dialled-text.ts";
import { userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { ownText } from "../own-text.ts";
import type { EdgeState } from "../state.ts";
import { calledNumber } from "../trunk/registered-line.ts";

type Said = "size" | "headerCount" | "targetScheme" | "targetUser" | "targetHost" | "targetRaw" | "at";

export interface Beginning extends Pick<SignalSubject, Said> {
  /** The number as it was written, for whatever way of reading numbers is in force. */
  readonly dialled: string | undefined;
}

export function beginningOf(state: EdgeState, now: number, flow: Flow, request: Request): Beginning {
  const target = request.requestUri;
  const called = calledNumber(state, flow, request);
  return {
    size: request.size,
    headerCount: request.headers.size,
    targetScheme: target.kind === "tel" ? "tel" : target.scheme,
    targetUser: ownText(called),
    targetHost: target.kind === "sip" ? ownText(target.host) : "",
    targetRaw: ownText(target.raw),
    at: now + state.use.ledger.wallOffset,
    dialled: ownText(called === userOf(target) ? dialledText(target) : called),
  };
}
