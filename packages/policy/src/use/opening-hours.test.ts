import { expect, test } from "vitest";
import { dayNumber } from "./calendar.ts";
import { isOpen, parseHolidays, parseOpeningHours } from "./opening-hours.ts";
import { zone } from "./zone.ts";

const DAY = 86_400_000;

// biome-ignore lint/style/noRestrictedGlobals: it reads a text, not the clock
const wallOf = (instant: string): number => Date.parse(instant);

/** Whether calls may begin at that instant. */
function openAt(hours: string, instant: string, holidays: readonly string[] = []): boolean {
  const read = parseOpeningHours(hours);
  const closed = parseHolidays(holidays);
  if (read === undefined || closed === undefined) throw new Error(`cannot read ${hours} ${holidays.join()}`);
  return isOpen(read, closed, wallOf(instant));
}

const office = "Mon-Fri 07:00-20:00, Sat 09:00-13:00 Europe/Berlin";

test.each([
  // Sunday 29 March 2026: at 02:00 it is 03:00 there.
  ["2026-03-27T06:00:00Z", true, "winter: 07:00 is 06:00 UTC"],
  ["2026-03-27T05:59:59Z", false, "one second before"],
  ["2026-03-30T05:00:00Z", true, "summer, three days later: 05:00 UTC"],
  ["2026-03-30T04:59:59Z", false, "one second before"],
  ["2026-03-30T18:00:00Z", false, "20:00 is closed already"],
  ["2026-03-28T10:00:00Z", true, "Saturday 11:00"],
  ["2026-03-28T12:30:00Z", false, "Saturday 13:30"],
  ["2026-03-29T10:00:00Z", false, "Sunday"],
  // Sunday 25 October 2026: 02:30 is there twice.
  ["2026-10-26T06:00:00Z", true, "winter again"],
  ["2026-10-26T05:30:00Z", false, "what was open the Friday before"],
])("%s in Berlin: %s, %s", (instant, open) => {
  expect(openAt(office, instant)).toBe(open);
});

test("the hour that summer time takes away, and the one that comes twice", () => {
  const night = "Sun 02:00-03:00 Europe/Berlin";
  expect(openAt(night, "2026-03-29T00:59:59Z")).toBe(false);
  expect(openAt(night, "2026-03-29T01:00:00Z")).toBe(false);
  expect(openAt(night, "2026-10-25T00:30:00Z")).toBe(true);
  expect(openAt(night, "2026-10-25T01:30:00Z")).toBe(true);
});

test("a span over midnight belongs to the day that it begins on, also from Sunday to Monday", () => {
  const night = "Fri-Sun 22:00-06:00 America/New_York";
  expect(openAt(night, "2026-11-21T02:59:00Z")).toBe(false);
  expect(openAt(night, "2026-11-21T03:00:00Z")).toBe(true);
  expect(openAt(night, "2026-11-23T10:59:00Z")).toBe(true);
  expect(openAt(night, "2026-11-23T11:00:00Z")).toBe(false);
  expect(openAt(night, "2026-11-25T04:00:00Z")).toBe(false);
  expect(openAt("Mon-Sun 00:00-24:00 Asia/Kathmandu", "2026-11-22T18:15:00Z")).toBe(true);
});

test("holidays are closed from midnight to midnight there", () => {
  const closed = ["2026-11-24", "12-25", "02-29"];
  expect(openAt(office, "2026-11-24T09:00:00Z", closed)).toBe(false);
  expect(openAt(office, "2026-11-25T09:00:00Z", closed)).toBe(true);
  for (const year of [2026, 2028, 2030]) expect(openAt(office, `${year}-12-25T09:00:00Z`, closed)).toBe(false);
  // 23:30 UTC on the 24th is the 25th in Berlin.
  const always = "Mon-Sun 00:00-24:00 Europe/Berlin";
  expect(openAt(always, "2026-12-24T23:30:00Z", closed)).toBe(false);
  expect(openAt(always, "2026-12-24T22:30:00Z", closed)).toBe(true);
});

test.each([
  "",
  "Europe/Berlin",
  "07:00-20:00 Europe/Berlin",
  "Mon-Fri Europe/Berlin",
  "Mon-Fri 07:00-20:00",
  "Mon-Fri 7:00-20:00 Europe/Berlin",
  "Mon-Fri 07:00-24:01 Europe/Berlin",
  "Mon-Fri 07:00-07:00 Europe/Berlin",
  "Mon-Fri-Sun 07:00-20:00 Europe/Berlin",
  "Mo-Fr 07:00-20:00 Europe/Berlin",
  "Mon-Fri 07:00-20:00 Europe/Atlantis",
  "Mon-Fri 07:00-20:00 Etc/GMT+1",
  "Mon-Fri 07:00-20:00, Europe/Berlin",
])("%j are no opening hours", (text) => expect(parseOpeningHours(text)).toBeUndefined());

test.each(["2026-02-29", "2026-13-01", "13-01", "02-30", "2026-1-1", "christmas"])("%s is no day", (date) =>
  expect(parseHolidays([date])).toBeUndefined(),
);

test("every quarter of an hour of three years is the local time that the calendar says", () => {
  for (const name of ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Pacific/Apia"]) {
    const place = zone(name);
    const format = new Intl.DateTimeFormat("en-GB", {
      timeZone: name,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
    });
    for (let wall = dayNumber(2025, 1, 1) * DAY; wall < dayNumber(2028, 1, 1) * DAY; wall += 97 * 15 * 60_000) {
      const { weekday, minute } = place?.at(wall) ?? { weekday: -1, minute: -1 };
      const shown = `${["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][weekday]} ${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
      expect(format.format(wall).replace(",", "")).toBe(shown);
    }
  }
});
