/** `Mon-Fri 07:00-20:00, Sat 09:00-13:00 Europe/Berlin`: when calls may begin. Read once; a question takes a few comparisons. */
import { parseDate } from "./calendar.ts";
import { type Zone, zone } from "./zone.ts";

const DAY = 1_440;
const WEEK = 7 * DAY;
const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/** Minutes of the week from Monday 00:00; `last` is the first minute that is closed again, and may be in the next week. */
interface Span {
  readonly first: number;
  readonly last: number;
}

export interface OpeningHours {
  /** As it was written. */
  readonly text: string;
  readonly zone: Zone;
  readonly spans: readonly Span[];
}

/** Undefined: it cannot be read. */
export function parseOpeningHours(text: string): OpeningHours | undefined {
  const words = text.trim().split(" ");
  const place = zone(words.pop() ?? "");
  const rules = words.join(" ").split(",");
  const spans = rules.map((rule) => spansOf(rule.trim()));
  if (place === undefined || rules.length > 50 || spans.some((some) => some === undefined)) return undefined;
  return { text, zone: place, spans: spans.flatMap((some) => some ?? []) };
}

function spansOf(rule: string): readonly Span[] | undefined {
  const [days = "", times = "", more] = rule.split(" ");
  const [from, to] = bounds(times, minuteOf);
  const [first, last] = bounds(days, (name) => weekdays.indexOf(name));
  if (more !== undefined || from < 0 || to < 0 || from === DAY || from === to || first < 0 || last < 0)
    return undefined;
  const count = ((last - first + 7) % 7) + 1;
  // A span over midnight belongs to the day on which it begins.
  const length = to > from ? to - from : to - from + DAY;
  return Array.from({ length: count }, (_, index) => {
    const start = ((first + index) % 7) * DAY + from;
    return { first: start, last: start + length };
  });
}

/** Either side of the dash; one word is both, for days only. */
function bounds(text: string, read: (part: string) => number): readonly [number, number] {
  const [one = "", two, more] = text.split("-");
  if (more !== undefined || (two === undefined && read === minuteOf)) return [-1, -1];
  return [read(one), read(two ?? one)];
}

/** `07:00` to `24:00`; -1 for anything else. */
function minuteOf(text: string): number {
  const [hours = "", minutes = "", more] = text.split(":");
  const digits = (part: string): boolean => part.length === 2 && Number.isInteger(Number(part)) && !part.includes(" ");
  if (more !== undefined || !digits(hours) || !digits(minutes) || Number(minutes) > 59) return -1;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute >= 0 && minute <= DAY ? minute : -1;
}

/** Closed from midnight to midnight of those days, there. */
export function isOpen(hours: OpeningHours, holidays: Holidays, wall: number): boolean {
  const { day, weekday, minute } = hours.zone.at(wall);
  if (holidays.has(day)) return false;
  const at = weekday * DAY + minute;
  return hours.spans.some(({ first, last }) => (at >= first && at < last) || at + WEEK < last);
}

export interface Holidays {
  /** @param day since 1970 */
  has(day: number): boolean;
}

/** Further than any file is looked at. */
const LAST_YEAR = 2200;

/** `2026-12-25` or, each year, `12-25`; undefined: one of them is no date. */
export function parseHolidays(dates: readonly string[]): Holidays | undefined {
  const days = new Set<number>();
  for (const date of dates) {
    const yearly = date.length === 5;
    // 2024 has a 29 February.
    const day = parseDate(yearly ? `2024-${date}` : date);
    if (day === undefined) return undefined;
    if (!yearly) days.add(day);
    for (let year = 1970; yearly && year < LAST_YEAR; year++) {
      const same = parseDate(`${year}-${date}`);
      if (same !== undefined) days.add(same);
    }
  }
  return days;
}
