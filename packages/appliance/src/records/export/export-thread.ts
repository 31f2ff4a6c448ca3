/** An export in a thread of its own. */
import type { Work } from "../../due-work.ts";
import { workInThread } from "../../work-thread.ts";
import type { ExportReport } from "./export-run.ts";
import type { ExportOrder } from "./export-worker.ts";

export type RunningExport = Work<ExportReport>;

export function exportInThread(order: ExportOrder): RunningExport {
  return workInThread(new URL("./export-worker.ts", import.meta.url), order);
}
