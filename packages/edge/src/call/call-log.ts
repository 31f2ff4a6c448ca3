/** The two lines of a call in the log: that it began, and how it ended. */
import { keepAdmitted } from "../decisions/admitted.ts";
import { sourceText } from "../egress.ts";
import { type EdgeState, tell } from "../state.ts";
import type { Call } from "./call.ts";
import type { EndReason } from "./teardown.ts";

/**
 * A phone whose INVITE has no credentials may only be asked for them, and then comes again as the call it meant. That
 * first attempt has no line of its own unless more comes of it.
 */
export function mayBeAsked({ a, exchange }: Call): boolean {
  const headers = exchange?.request.headers;
  return (
    a.flow.side === "phone" &&
    headers !== undefined &&
    !headers.has("Proxy-Authorization") &&
    !headers.has("Authorization")
  );
}

/** Once. */
export function logStarted(state: EdgeState, call: Call): void {
  if (call.logged) return;
  call.logged = true;
  keepAdmitted(state, call);
  tell(state, { event: "call", level: "info", reason: "started", decision: call.first.id, ...partiesOf(call) });
}

/** All that the records keep of it, but for how it was heard. */
export function logEnded(
  state: EdgeState,
  now: number,
  call: Call,
  end: { readonly reason: EndReason; readonly status: number | undefined; readonly by: "a" | "b" | "ringfence" },
): void {
  if (end.reason === "challenged" && !call.logged) return;
  logStarted(state, call);
  const { a, b, first, decision = first.id } = call;
  const heardAt = call.ringingAt ?? call.answeredAt;
  tell(state, {
    event: "call",
    level: "info",
    reason: end.reason,
    status: end.status,
    decision,
    ...partiesOf(call),
    identity: call.identity,
    asserted: call.asserted,
    ended_by: end.by,
    ring_ms: heardAt === undefined ? undefined : Math.round(heardAt - call.startedAt),
    first_decision: decision === first.id ? undefined : first.id,
    emergency: call.emergency || undefined,
    host: call.attempt?.hop.host,
    b_side: b.flow.side,
    b_transport: b.flow.transport,
    b_source: sourceText(b.flow),
    a_call_id: a.callId,
    b_call_id: b.callId,
    setup_ms: Math.round((call.answeredAt ?? now) - call.startedAt),
    duration_ms: call.answeredAt === undefined ? 0 : Math.max(1, Math.round(now - call.answeredAt)),
  });
}

function partiesOf({ id, a, b }: Call) {
  return {
    call: id,
    side: a.flow.side,
    trunk: a.trunk ?? b.trunk,
    transport: a.flow.transport,
    source: sourceText(a.flow),
    account: a.account ?? b.account,
    from: a.user,
    to: b.user,
  };
}
