/** Entry of a thread that makes one export and ends: no call waits while a day's rows are written and encrypted. */
import { parentPort, workerData } from "node:worker_threads";
import { openRecordFile } from "@ringfence/store";
import { type ExportPlan, exportNew } from "./export-run.ts";

export interface ExportOrder {
  /** Path of the book of calls. */
  readonly book: string;
  readonly plan: ExportPlan;
  readonly now: number;
}

const { book, plan, now } = workerData as ExportOrder;
const file = openRecordFile(book);
try {
  parentPort?.postMessage(await exportNew(file, plan, now));
} finally {
  file.close();
}
