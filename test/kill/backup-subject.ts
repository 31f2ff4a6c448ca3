/** Backups of a site whose book grows meanwhile: each one that is there is whole, and nothing of the site is less than it was. */
import { existsSync, readdirSync } from "node:fs";
import { openRecordFile } from "@ringfence/store";
import { readBackupName } from "../../packages/appliance/src/backup/backup-name.ts";
import { lookThrough } from "../../packages/appliance/src/restore/read-backup.ts";
import type { BackupSite } from "../support/backup-site.ts";
import type { KillSubject } from "./kill-rounds.ts";
import { run } from "./process-of-site.ts";

export function backupSubject(site: BackupSite): KillSubject {
  let calls = 1;
  return {
    async begin() {
      const begun = run(site, "backup", "--config", site.config);
      site.addCall(`c${++calls}`);
      return begun;
    },
    async mend() {
      if (chainOf(site) !== calls) throw new Error(`of ${calls} calls ${chainOf(site)} are in the book`);
      const { code, err } = await site.say("backup", "--config", site.config);
      if (code !== 0) throw new Error(err);
      const names = readdirSync(site.path("backups"));
      const strange = names.filter((name) => readBackupName(name) === undefined);
      const left = readdirSync(site.path("state")).filter((name) => name.startsWith(".backup"));
      if (strange.length + left.length > 0) throw new Error(`left behind: ${[...strange, ...left].join(", ")}`);
      for (const name of names) await lookThrough({ path: site.path("backups", name), keys: [site.key] });
    },
  };
}

/** How many calls are in the book. @throws Error when something of it was changed or dropped */
export function chainOf(site: BackupSite): number {
  if (!existsSync(site.path("state", "records.db"))) return 0;
  const book = openRecordFile(site.path("state", "records.db"));
  try {
    const { faults, rows } = book.verify();
    if (faults.length > 0) throw new Error(`the chain is broken: ${JSON.stringify(faults[0])}`);
    return rows;
  } finally {
    book.close();
  }
}
