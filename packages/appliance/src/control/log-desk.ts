/** What a person asks of the log: how much of it is written, and where it goes. */
import { type LogArea, logAreas, RingfenceError } from "@ringfence/policy";
import type { Log } from "../logs/logger.ts";
import type { LogOutputs } from "../logs/outputs.ts";
import type { ControlDesk } from "./protocol.ts";

export function logDesk(log: Pick<Log, "levels">, outputs: Pick<LogOutputs, "list">): Pick<ControlDesk, "log"> {
  return {
    log({ change }) {
      if (change !== undefined) log.levels.change(areasOf(change.area), change.level, change.forMs);
      return { levels: log.levels.list(), outputs: outputs.list() };
    },
  };
}

function areasOf(name: string): readonly LogArea[] {
  if (name === "all") return logAreas;
  const area = logAreas.find((one) => one === name);
  if (area !== undefined) return [area];
  throw new RingfenceError("no-such-area", `the log has no area ${name}`, `Known: all, ${logAreas.join(", ")}.`);
}
