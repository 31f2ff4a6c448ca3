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
  const { latest } = history;
  if (latest === undefined || latest.confirmed) return { loaded: file, warnings: [] };
  // A file that was changed since is somebody's new wish.
  if (history.textOf(latest.number) !== file.file.text) return { loaded: file, warnings: [] };
  const before = history.before(file.file.text);
  const text = before === undefined ? undefined : history.textOf(before.number);
  if (before === undefined || text === undefined) return { loaded: file, warnings: [] };
  const tried = `${file.file.name} was tried with reload --confirm and never confirmed`;
  try {
    const loaded = await load(text);
    return { loaded, warnings: [`${tried}: generation ${before.number} serves. Reload to try it again`] };
  } catch {
    return {
      loaded: file,
      warnings: [`${tried}; it serves, because generation ${before.number} cannot be loaded any more`],
    };
  }
}
