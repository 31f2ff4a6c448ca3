/** All that has to do with records of calls in a running Ringfence: the book, and its export. */
import { isAbsolute, join } from "node:path";
import type { Loaded } from "../loading.ts";
import type { Log } from "../logs/logger.ts";
import type { Metrics, Sample } from "../registry.ts";
import { exportInThread } from "./export/export-thread.ts";
import { RecordExporter } from "./export/record-exporter.ts";
import { openRecordBook, type RecordBook, recordsFile } from "./record-book.ts";

export interface RecordOffice extends Omit<RecordBook, "apply" | "close"> {
  apply(next: Loaded): void;
  samples(): readonly Sample[];
  /** Whole sentences. */
  warnings(): readonly string[];
  stop(): Promise<void>;
}

export function openRecordOffice(stateDir: string, first: Loaded, log: Log, metrics: Metrics): RecordOffice {
  const book = openRecordBook(stateDir, first.file.config.cdr, log, () => metrics.count("records_lost"));
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
  const apply = ({ file }: Loaded): void => {
    const folderOf = (path: string): string => (isAbsolute(path) ? path : join(file.dir, path));
    exporter.apply({ cdr: file.config.cdr, folderOf });
  };
  apply(first);
  return {
    take: (event) => book.take(event),
    search: (search) => book.search(search),
    byId: (seq) => book.byId(seq),
    apply(next) {
      book.apply(next.file.config.cdr);
      apply(next);
    },
    samples: () => exporter.samples(),
    warnings: () => exporter.warnings(),
    async stop() {
      await exporter.stop();
      book.close();
    },
  };
}
