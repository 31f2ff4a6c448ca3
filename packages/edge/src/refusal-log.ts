/** Lines about what a stranger sent are rationed: a flood is counted, and named in the next line, not written out. */
import type { Millis } from "@ringfence/sip";

/** Lines a second; enough to see who it is. */
const MAX_LINES = 20;

export interface RefusalLog {
  second: number;
  lines: number;
  suppressed: number;
}

export function newRefusalLog(): RefusalLog {
  return { second: -1, lines: 0, suppressed: 0 };
}

/** How many lines were left out since the last one, or undefined when this one is left out too. */
export function admitLine(log: RefusalLog, now: Millis): number | undefined {
  const second = Math.floor(now / 1000);
  if (second !== log.second) {
    log.second = second;
    log.lines = 0;
  }
  if (log.lines >= MAX_LINES) {
    log.suppressed++;
    return undefined;
  }
  log.lines++;
  const { suppressed } = log;
  log.suppressed = 0;
  return suppressed;
}
