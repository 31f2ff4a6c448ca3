/** A time as somebody types it. */
import { parseDuration, RingfenceError } from "@ringfence/policy";

/** `24h`: so long ago; or a date as `Date` reads it, in the time zone of this machine. @throws RingfenceError `usage` */
export function readTime(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ago = parseDuration(text);
  const at = ago === undefined ? Date.parse(text.replace(" ", "T")) : Date.now() - ago;
  if (Number.isFinite(at)) return at;
  throw new RingfenceError("usage", `${option} ${text} is no time`, "Write 24h or '2026-11-22 03:00'.");
}
