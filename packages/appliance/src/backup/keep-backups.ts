/** The backups of a running Ringfence, wired. */
import { resolve } from "node:path";
import type { Attendant } from "../attendants.ts";
import type { Loaded } from "../loading.ts";
import type { Log } from "../logs/logger.ts";
import type { Metrics } from "../metrics/registry.ts";
import { workInThread } from "../work-thread.ts";
import { keptBackups } from "./backup-folder.ts";
import { BackupKeeper } from "./backup-keeper.ts";
import { noteBackup } from "./backup-notes.ts";
import { copyAway } from "./copy-away.ts";

export interface Backups extends Attendant, Pick<BackupKeeper, "status" | "age"> {}

export function keepBackups(first: Loaded, stateDir: string, log: Log, metrics: Metrics): Backups {
  const keeper = new BackupKeeper({
    log,
    now: Date.now,
    later(ms, work) {
      const timer = setTimeout(work, ms);
      timer.unref();
      return () => clearTimeout(timer);
    },
    kept: (folder) => keptBackups(folder, Date.now()),
    make: (order) => workInThread(new URL("./backup-worker.ts", import.meta.url), order),
    copyAway,
    note: (note) => noteBackup(stateDir, note),
    onRun: (result) => metrics.count("backups", { result }),
  });
  const apply = ({ file }: Loaded): void => {
    const { config, dir, path } = file;
    const wanted = config.backup;
    if (wanted === undefined) return keeper.apply(undefined);
    const { to, encryptTo, keep, everyMs, copy } = wanted;
    keeper.apply({ order: { config: path, stateDir, folder: resolve(dir, to), encryptTo, keep }, everyMs, copy });
  };
  apply(first);
  return {
    apply,
    samples: () => keeper.samples(),
    warnings: () => keeper.warnings(),
    status: () => keeper.status(),
    age: () => keeper.age(),
    stop: () => keeper.stop(),
  };
}
