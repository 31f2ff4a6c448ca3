/** Which configuration a start begins with: the file's, unless that one was tried with `reload --confirm` and never confirmed. */
import type { Loaded } from "../loading.ts";
import type { ConfigHistory } from "./history.ts";

export interface FirstConfig {
  readonly loaded: Loaded;
  /** What a person should know about it; empty when it is simply the file. */
  readonly warnings: readonly string[];
}

/** Never rejects: what was confirmed before and can no longer be loaded leaves the file's own. */
export async function firstConfig(
  file: Loaded,
  history: ConfigHistory,
  load: (text: string) => Promise<Loaded>,
): Promise<FirstConfig> {
  const { text, name } = file.file;
  const simply = { loaded: file, warnings: [] };
  // A file that was changed since is somebody's new wish. Any other was tried, however long ago and however often we started since.
  const triedThen = history.latestWith(text);
  if (triedThen === undefined || triedThen.confirmed) return simply;
  const before = history.lastConfirmed;
  const confirmed = before === undefined ? undefined : history.textOf(before.number);
  if (before === undefined || confirmed === undefined) return simply;
  const tried = `${name} was tried with reload --confirm and never confirmed`;
  if (confirmed === text) {
    const warning = `${tried}, for the files that it names: they are read as they are now, generation ${before.number} had others`;
    return { loaded: file, warnings: [warning] };
  }
  try {
    const loaded = await load(confirmed);
    return { loaded, warnings: [`${tried}: generation ${before.number} serves. Reload to try it again`] };
  } catch {
    return {
      loaded: file,
      warnings: [`${tried}; it serves, because generation ${before.number} cannot be loaded any more`],
    };
  }
}
