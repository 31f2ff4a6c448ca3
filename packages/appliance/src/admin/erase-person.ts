/** Erasing looks at every row there is: in a thread of its own, because calls wait for this one. */
import { Worker } from "node:worker_threads";
import { RingfenceError } from "@ringfence/policy";

/** @returns in how many rows @throws RingfenceError `not-erased` */
export function erasePerson(recordsFile: string, who: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("erase-worker.ts", import.meta.url), { workerData: { recordsFile, who } });
    worker.on("message", (count: number) => resolve(count));
    worker.on("error", (error) =>
      reject(new RingfenceError("not-erased", `the records could not be changed: ${error.message}`, "Try again.")),
    );
  });
}
