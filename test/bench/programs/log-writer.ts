/** The log of a Ringfence without the rest of it: writes the lines of calls at a steady rate, and tells what that cost. */

import { readEnvironment } from "../../../packages/appliance/src/environment.ts";
import { openLine } from "../../../packages/appliance/src/io/collector-line.ts";
import { loadEverything } from "../../../packages/appliance/src/loading.ts";
import { createLog } from "../../../packages/appliance/src/logs/logger.ts";
import { LogOutputs } from "../../../packages/appliance/src/logs/outputs.ts";
import { sleep } from "../bench.ts";
import { linesOfCall } from "../load/call-lines.ts";
import { answering } from "../load/child.ts";
import type { LogWork } from "../load/log-work.ts";

const tick = 10;

/** Microseconds of CPU of the whole process, all threads. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

answering<LogWork>(async ({ config, stateDir, warmUp, calls, perSecond, silent }) => {
  const loaded = await loadEverything(config, readEnvironment({}), () => Promise.reject(new Error("no TLS here")));
  const log = createLog(loaded.file.config.logs);
  const metrics = { count: () => undefined };
  const outputs = new LogOutputs({ log, metrics, stateDir, open: openLine });
  outputs.apply(loaded);
  const write = async (count: number, rate: number): Promise<void> => {
    const began = performance.now();
    for (let done = 0; done < count; ) {
      const due = Math.min(count, ((performance.now() - began) / 1_000) * rate);
      for (; done < due; done++) {
        const lines = linesOfCall(done);
        if (!silent) for (const { level, ...event } of lines) log.line(level, event);
      }
      await sleep(tick);
    }
  };
  await write(warmUp, 2_000);
  await sleep(3_000);
  const before = spent();
  await write(calls, perSecond);
  const cost = (spent() - before) / calls;
  await outputs.stop();
  return cost;
});
