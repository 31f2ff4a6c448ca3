/** The name of an exported file says which rows are in it: `calls-20261123T000000Z-1-345.csv.age`. */
import { compactTime, readCompactTime } from "../../compact-time.ts";
import { type RecordFormat, recordFormats } from "../record-text.ts";

export interface ExportName {
  /** When it was made; whole seconds since 1970, in milliseconds. */
  readonly at: number;
  /** Its rows. Those of all files together are each row once. */
  readonly first: number;
  readonly last: number;
  readonly format: RecordFormat;
  readonly encrypted: boolean;
}

const prefix = "calls-";
const ageSuffix = ".age";

export function exportName({ at, first, last, format, encrypted }: ExportName): string {
  return `${prefix}${compactTime(at)}-${first}-${last}.${format}${encrypted ? ageSuffix : ""}`;
}

/** Undefined for what is no file of ours: others may keep theirs in that folder. */
export function readExportName(name: string): ExportName | undefined {
  const encrypted = name.endsWith(ageSuffix);
  const whole = encrypted ? name.slice(0, -ageSuffix.length) : name;
  const format = recordFormats.find((one) => whole.endsWith(`.${one}`));
  if (format === undefined || !whole.startsWith(prefix)) return undefined;
  const parts = whole.slice(prefix.length, -format.length - 1).split("-");
  const [time = "", first, last] = parts;
  const found = { at: readCompactTime(time), first: Number(first), last: Number(last), format, encrypted };
  // Whatever is written otherwise than we write it is not ours.
  return Number.isFinite(found.at) && exportName(found) === name ? found : undefined;
}
