/** State that a later version wrote is no damage: a start stops, and says what to do, before anything of it is lost. */
import { RingfenceError } from "@ringfence/policy";
import { NewerShape } from "@ringfence/store";

/** @throws RingfenceError `state-newer` when it is that */
export function refuseNewer(error: unknown): void {
  if (!(error instanceof NewerShape)) return;
  const remedy = "Install that version again, or restore the backup that was made before the upgrade (docs/backup.md).";
  throw new RingfenceError("state-newer", error.message, remedy);
}
