/** What a person asks of the signalling while it happens. */
import type { ControlRequest, Stream, TraceItem } from "../control/protocol.ts";
import type { Mask } from "../logs/mask.ts";
import { follow } from "./follow.ts";
import type { Seen } from "./seen.ts";
import { compileFilter } from "./trace-filter.ts";
import type { TraceHub } from "./trace-hub.ts";
import { traced } from "./traced-message.ts";

/** To hide and write a message costs as much as to read one: who looks on at a flood must not double it. */
const mostASecond = 1_000;

type Asked = Extract<ControlRequest, { readonly command: "trace" }>;

/** @param mask of the log, as it is now */
export function traceDesk(hub: TraceHub, mask: () => Mask): { trace(request: Asked): Stream<TraceItem> } {
  return {
    trace({ command: _, by: __, forMs, ...filter }) {
      const fits = compileFilter(filter);
      return {
        start(onItem, onEnd) {
          let second = 0;
          let items = 0;
          let skipped = 0;
          const show = (seen: Seen): void => {
            const now = Math.floor(seen.at / 1_000);
            if (now !== second) {
              if (skipped > 0) onItem({ skipped });
              [second, items, skipped] = [now, 0, 0];
            }
            if (++items > mostASecond) skipped++;
            else onItem(traced(seen, mask()));
          };
          const stop = follow(hub, fits, show, filter.call);
          const over = setTimeout(() => {
            stop();
            onEnd();
          }, forMs);
          return () => {
            clearTimeout(over);
            stop();
          };
        },
      };
    },
  };
}
