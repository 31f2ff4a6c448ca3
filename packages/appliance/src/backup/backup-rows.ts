import { formatDuration } from "@ringfence/policy";
import type { BackupStatus } from "./backup-keeper.ts";

/** The row of `status`; none where no backups are wanted. */
export function backupRows(status: BackupStatus | null): readonly (readonly [string, string])[] {
  if (status === null) return [];
  const { last, kept, everySeconds, failing } = status;
  const every = everySeconds === null ? "when asked for" : `every ${formatDuration(everySeconds * 1_000)}`;
  const there = last === null ? "none yet" : `last ${last}, ${kept} kept`;
  return [["backup", `${there}, ${every}${failing === null ? "" : ", NOT WRITTEN OR NOT COPIED"}`]];
}
