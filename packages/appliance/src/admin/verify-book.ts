/** Proving a chain looks at every row there is: in a thread of its own, because calls wait for this one. */
import { Worker } from "node:worker_threads";
import { RingfenceError } from "@ringfence/policy";
import type { ChainReport } from "@ringfence/store";

/** @throws RingfenceError `not-verified` */
export function verifyBook(file: string): Promise<ChainReport> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("verify-worker.ts", import.meta.url), { workerData: { file } });
    worker.on("message", (report: ChainReport) => resolve(report));
    worker.on("error", (error) =>
      reject(new RingfenceError("not-verified", `the file could not be read: ${error.message}`, "Try again.")),
    );
  });
}
