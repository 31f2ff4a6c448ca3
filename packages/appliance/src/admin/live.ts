/** What happens, for whoever looks on: lines of the log as this person may see them, the numbers every two seconds, calls and alerts. */
import type { Live, LiveEvents, Send } from "@ringfence/admin";
import { asRecord, orderFields } from "../logs/line-fields.ts";
import type { FollowedLine } from "../logs/log-event.ts";
import type { Mask } from "../logs/mask.ts";
import type { Console } from "./admin-parts.ts";
import { overviewOf } from "./overview.ts";

const TICK_MS = 2_000;
/** A flood of lines is told as a number: who watches a screen reads no more. */
const MOST_LINES_A_TICK = 100;

export function liveFrom(console: Console): Live {
  return (who, send) => {
    let sent = 0;
    let left = 0;
    const end = console.log.follow((line) => {
      tellCall(line, send);
      tellAlert(line, send);
      if (line.level === "debug" || line.level === "trace") return;
      if (sent >= MOST_LINES_A_TICK) left++;
      else send("line", shown(line, console.maskFor(who)));
      sent++;
    });
    const tick = (): void => {
      if (left > 0) send("skipped", { lines: left });
      [sent, left] = [0, 0];
      send("tick", overviewOf(console));
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => {
      clearInterval(timer);
      end();
    };
  };
}

function shown({ at, level, event }: FollowedLine, mask: Mask): LiveEvents["line"] {
  return { ...asRecord(orderFields(event, mask)), at, level, event: event.event };
}

function tellCall({ event }: FollowedLine, send: Send): void {
  if (event.event !== "call" || typeof event["call"] !== "string") return;
  send("call", { id: event["call"], state: event["ended_by"] === undefined ? "early" : "over" });
}

function tellAlert({ event }: FollowedLine, send: Send): void {
  if (event.event === "alert" && typeof event["alert"] === "number") send("alert", { id: event["alert"] });
}
