/** Times as people read them, in the browser's zone. */

const pad = (value: number): string => String(value).padStart(2, "0");

/** 14:03:09 */
export function clock(at: number): string {
  const date = new Date(at);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** 14:03:09.127: for messages of one call. */
export function fineClock(at: number): string {
  return `${clock(at)}.${String(new Date(at).getMilliseconds()).padStart(3, "0")}`;
}

/** 2026-11-23 14:03:09, or the clock alone for a time of today. */
export function moment(at: number | string, now = Date.now()): string {
  const date = new Date(at);
  const today = new Date(now).toDateString() === date.toDateString();
  return today ? clock(date.getTime()) : `${day(date)} ${clock(date.getTime())}`;
}

function day(date: Date): string {
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** 41 s, 3 min 20 s, 2 h 5 min, 4 d 3 h */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  const [minutes, hours, days] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600), Math.floor(seconds / 86_400)];
  if (days > 0) return `${days} d ${hours % 24} h`;
  if (hours > 0) return `${hours} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** 4:31, for what runs out. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  return `${Math.floor(seconds / 60)}:${pad(seconds % 60)}`;
}

/** In 20 min; expired */
export function until(at: number, now = Date.now()): string {
  return at <= now ? "over" : `in ${duration(at - now)}`;
}
