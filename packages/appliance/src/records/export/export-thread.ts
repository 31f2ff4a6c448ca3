/** An export in a thread of its own. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ExportReport } from "./export-run.ts";
import type { ExportOrder } from "./export-worker.ts";

export interface RunningExport {
  /** Rejects with what the disk says. */
  readonly report: Promise<ExportReport>;
  /** Whatever it has begun is ended by the next one. */
  stop(): Promise<void>;
}

export function exportInThread(order: ExportOrder): RunningExport {
  const worker = new Worker(new URL("./export-worker.ts", import.meta.url), { workerData: order });
  const ended = once(worker, "exit").then(([code]): never => {
    throw new Error(`the export ended with ${String(code)} and no word`);
  });
  // Whoever waits for the message hears of the end only when there was none.
  ended.catch(() => undefined);
  const said = once(worker, "message").then(([report]) => report as ExportReport);
  return {
    report: Promise.race([said, ended]),
    async stop() {
      await worker.terminate();
    },
  };
}
