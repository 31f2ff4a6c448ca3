/** Lines about what anybody may send: rationed, with where it came from. */
import type { Millis } from "@ringfence/sip";
import { sourceText } from "./egress.ts";
import type { EdgeEvent } from "./events.ts";
import type { Flow } from "./flow.ts";
import { admitLine } from "./refusal-log.ts";
import { type EdgeState, tell } from "./state.ts";

export function logStranger(state: EdgeState, now: Millis, flow: Flow, line: EdgeEvent): void {
  const suppressed = admitLine(state.refusalLog, now);
  if (suppressed === undefined) return;
  const { side, transport } = flow;
  tell(state, {
    ...line,
    side,
    transport,
    source: sourceText(flow),
    suppressed: suppressed > 0 ? suppressed : undefined,
  });
}
