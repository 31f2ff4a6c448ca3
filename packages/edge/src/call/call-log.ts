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
  tell(state, {
    event: "call",
    level: "info",
    reason: "started",
    decision: call.first.id,
    call: call.id,
    side: call.a.flow.side,
    trunk: call.a.trunk ?? call.b.trunk,
    transport: call.a.flow.transport,
    source: sourceText(call.a.flow),
    account: call.a.account ?? call.b.account,
    from: call.a.user,
    to: call.b.user,
  });
}

export function logEnded(
  state: EdgeState,
  now: number,
  call: Call,
  end: { readonly reason: EndReason; readonly status: number | undefined; readonly by: "a" | "b" | "ringfence" },
): void {
  if (end.reason === "challenged" && !call.logged) return;
  logStarted(state, call);
  const heardAt = call.ringingAt ?? call.answeredAt;
  tell(state, {
    event: "call",
    level: "info",
    reason: end.reason,
    status: end.status,
    decision: call.decision ?? call.first.id,
    call: call.id,
    side: call.a.flow.side,
    trunk: call.a.trunk ?? call.b.trunk,
    transport: call.a.flow.transport,
    source: sourceText(call.a.flow),
    account: call.a.account ?? call.b.account,
    from: call.a.user,
    to: call.b.user,
    identity: call.identity,
    ended_by: end.by,
    ring_ms: heardAt === undefined ? undefined : Math.round(heardAt - call.startedAt),
    setup_ms: Math.round((call.answeredAt ?? now) - call.startedAt),
    duration_ms: call.answeredAt === undefined ? 0 : Math.max(1, Math.round(now - call.answeredAt)),
  });
}
