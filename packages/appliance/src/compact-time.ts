/** Times as they stand in names of files: `20261123T000000Z`, ISO 8601 without separators. No colon, which some file systems do not take. */
export function compactTime(at: number): string {
  const [whole = ""] = new Date(at).toISOString().split(".");
  return `${whole.replaceAll("-", "").replaceAll(":", "")}Z`;
}

/** Whole seconds since 1970, in milliseconds; NaN for what is no such time. Other writings of a time may be taken: write it again and compare. */
export function readCompactTime(text: string): number {
  const cut = (from: number, to: number): string => text.slice(from, to);
  return Date.parse(`${cut(0, 4)}-${cut(4, 6)}-${cut(6, 11)}:${cut(11, 13)}:${cut(13, 16)}`);
}
