/** The name of an exported file says which rows are in it: `calls-20261123T000000Z-1-345.csv.age`. */
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
  return `${prefix}${compact(at)}-${first}-${last}.${format}${encrypted ? ageSuffix : ""}`;
}

/** Undefined for what is no file of ours: others may keep theirs in that folder. */
export function readExportName(name: string): ExportName | undefined {
  const encrypted = name.endsWith(ageSuffix);
  const whole = encrypted ? name.slice(0, -ageSuffix.length) : name;
  const format = recordFormats.find((one) => whole.endsWith(`.${one}`));
  if (format === undefined || !whole.startsWith(prefix)) return undefined;
  const parts = whole.slice(prefix.length, -format.length - 1).split("-");
  const [time = "", first, last] = parts;
  const found = { at: Date.parse(extended(time)), first: Number(first), last: Number(last), format, encrypted };
  // Whatever is written otherwise than we write it is not ours.
  return Number.isFinite(found.at) && exportName(found) === name ? found : undefined;
}

/** ISO 8601 without separators: no colon, which some file systems do not take. */
function compact(at: number): string {
  const [whole = ""] = new Date(at).toISOString().split(".");
  return `${whole.replaceAll("-", "").replaceAll(":", "")}Z`;
}

function extended(time: string): string {
  const cut = (from: number, to: number): string => time.slice(from, to);
  return `${cut(0, 4)}-${cut(4, 6)}-${cut(6, 11)}:${cut(11, 13)}:${cut(13, 16)}`;
}
