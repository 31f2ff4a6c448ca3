/** The export of records as a running Ringfence has it. */
import { isAbsolute, join } from "node:path";
import type { Attendant } from "../../attendants.ts";
import type { Loaded } from "../../loading.ts";
import type { Log } from "../../logs/logger.ts";
import type { Metrics } from "../../metrics/registry.ts";
import { recordsFile } from "../record-book.ts";
import { exportInThread } from "./export-thread.ts";
import { RecordExporter } from "./record-exporter.ts";

export function recordExport(stateDir: string, log: Log, metrics: Metrics): Attendant & { apply(next: Loaded): void } {
  const exporter = new RecordExporter({
    log,
    now: Date.now,
    later(ms, work) {
      const timer = setTimeout(work, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
    run: (plan, now) => exportInThread({ book: recordsFile(stateDir), plan, now }),
    onRun: (result) => metrics.count("record_exports", { result }),
  });
  return {
    apply({ file }) {
      const folderOf = (path: string): string => (isAbsolute(path) ? path : join(file.dir, path));
      exporter.apply({ cdr: file.config.cdr, folderOf });
    },
    samples: () => exporter.samples(),
    warnings: () => exporter.warnings(),
    stop: () => exporter.stop(),
  };
}
