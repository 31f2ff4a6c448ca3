/**
 * A view of the signalling that fits a filter, for a time. Whoever meets it with one message is seen as a whole: of a call all that is
 * kept comes first, with the leg that the filter says nothing about.
 */
import type { Seen } from "./seen.ts";
import type { TraceHub } from "./trace-hub.ts";

/** Calls that one view follows; the one it met first is forgotten, and met again with its next message that fits. */
const mostCalls = 1_000;

/**
 * @param past a call, by our id or a Call-ID: what is kept of it comes at once, though it may be over
 * @returns what ends it
 */
export function follow(
  hub: TraceHub,
  fits: (seen: Seen) => boolean,
  listener: (seen: Seen) => void,
  past?: string,
): () => void {
  const met = new Set<string>();
  if (past !== undefined) showKept(hub, past, met, listener);
  return hub.listen((seen) => {
    const { call } = seen;
    if (call !== undefined && met.has(call)) return listener(seen);
    if (!fits(seen)) return;
    if (call !== undefined) showKept(hub, call, met, listener);
    listener(seen);
  });
}

function showKept(hub: TraceHub, call: string, met: Set<string>, listener: (seen: Seen) => void): void {
  const kept = hub.of(call);
  if (kept === undefined) return;
  const [first] = met;
  if (met.size >= mostCalls && first !== undefined) met.delete(first);
  met.add(kept.call);
  for (const seen of kept.messages) listener(seen);
}
