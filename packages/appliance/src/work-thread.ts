/** Work in a thread of its own, which says one thing at its end: no call waits for it. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Work } from "./due-work.ts";

/** @param entry a file that posts one message, its report, and ends */
export function workInThread<R>(entry: URL, order: unknown): Work<R> {
  const worker = new Worker(entry, { workerData: order });
  const ended = once(worker, "exit").then(([code]): never => {
    throw new Error(`the thread ended with ${String(code)} and no word`);
  });
  // Whoever waits for the message hears of the end only when there was none.
  ended.catch(() => undefined);
  const said = once(worker, "message").then(([report]) => report as R);
  return {
    report: Promise.race([said, ended]),
    async stop() {
      await worker.terminate();
    },
  };
}
