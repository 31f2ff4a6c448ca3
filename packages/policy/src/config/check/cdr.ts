import type { Config } from "../config.ts";
import { formatDuration } from "../duration.ts";
import type { Finding } from "../yaml-document.ts";

/** A row that is dropped before the next export is in no file. */
export function checkCdr({ cdr }: Partial<Config>): readonly Finding[] {
  const common = { code: "export-incomplete", severity: "error" } as const;
  if (cdr?.export === undefined) return [];
  const { everyMs } = cdr.export;
  if (cdr.store === "off") {
    const remedy = "write `store: sqlite`, or remove `export`";
    return [{ ...common, path: ["cdr", "export"], message: "there are no records to export", remedy }];
  }
  if (everyMs <= cdr.keepMs) return [];
  return [
    {
      ...common,
      path: ["cdr", "export", "every"],
      message: `records would be dropped after ${formatDuration(cdr.keepMs)} and exported after ${formatDuration(everyMs)}`,
      remedy: "export more often, or choose a longer `cdr.keep`",
    },
  ];
}
