import { parseDate } from "../use/calendar.ts";
import { readDigits } from "./leaf.ts";

/** `ms` since 1970. */
export interface Moment {
  readonly text: string;
  readonly ms: number;
}

const DAY = 86_400_000;

/** `2026-12-01`, its first moment in UTC, or `2026-12-01T06:00Z`; undefined for anything else: another zone is another moment. */
export function readMoment(value: unknown): Moment | undefined {
  if (typeof value !== "string") return undefined;
  const [date = "", time = "00:00Z", more] = value.split("T");
  const day = parseDate(date);
  const minutes = minutesOf(time);
  if (day === undefined || minutes === undefined || more !== undefined) return undefined;
  return { text: value, ms: day * DAY + minutes * 60_000 };
}

function minutesOf(time: string): number | undefined {
  if (time.length !== 6 || time[2] !== ":" || !time.endsWith("Z")) return undefined;
  const [hours, minutes] = [readDigits(time.slice(0, 2)), readDigits(time.slice(3, 5))];
  return hours >= 0 && hours < 24 && minutes >= 0 && minutes < 60 ? hours * 60 + minutes : undefined;
}
