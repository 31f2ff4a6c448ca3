/** What root makes for the service belongs to the service: else it could not be read, replaced or removed by it. */
import { lchownSync, lstatSync } from "node:fs";

/** The owner and group of the folder that it is in. Anybody but root makes what is theirs anyway. */
export function giveLikeFolder(path: string, folder: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = lstatSync(folder);
  lchownSync(path, uid, gid);
}
