/**
 * Local time of an IANA zone, daylight saving included, from the zone data that Node.js carries. Pure: the time is an argument. Asked for
 * each call, and Intl is slow, so the offset is remembered for a quarter of an hour: no zone of today changes its offset inside one.
 */
import { dayNumber } from "./calendar.ts";

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;
const QUARTER = 15 * MINUTE;

/** `day`: days since 1970-01-01 there. `weekday`: 0 is Monday. `minute`: of that day, from 0. */
export interface LocalTime {
  readonly day: number;
  readonly weekday: number;
  readonly minute: number;
}

export interface Zone {
  readonly name: string;
  /** @param wall milliseconds since 1970 */
  at(wall: number): LocalTime;
  /** The day alone. */
  dayOf(wall: number): number;
}

/** Undefined: there is no such zone. */
export function zone(name: string): Zone | undefined {
  const offsetAt = offsetReader(name);
  if (offsetAt === undefined) return undefined;
  let known = Number.NaN;
  let offset = 0;
  const local = (wall: number): number => {
    const quarter = Math.floor(wall / QUARTER);
    if (quarter !== known) {
      offset = offsetAt(quarter * QUARTER);
      known = quarter;
    }
    return wall + offset;
  };
  return {
    name,
    at(wall) {
      const time = local(wall);
      const day = Math.floor(time / DAY);
      // 1970-01-01 was a Thursday.
      return { day, weekday: (((day + 3) % 7) + 7) % 7, minute: Math.floor((time - day * DAY) / MINUTE) };
    },
    dayOf: (wall) => Math.floor(local(wall) / DAY),
  };
}

/** Asked for whole minutes. */
function offsetReader(name: string): ((wall: number) => number) | undefined {
  if (name === "UTC") return () => 0;
  // `GMT+1` and the like are read by Intl too, with the sign the other way round: nobody means that.
  if (!name.includes("/") || name.startsWith("Etc/")) return undefined;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-US", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
  } catch {
    return undefined;
  }
  return (wall) => {
    const parts = new Map(format.formatToParts(wall).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const there = dayNumber(of("year"), of("month"), of("day")) * DAY + (of("hour") * 60 + of("minute")) * MINUTE;
    return there - wall;
  };
}
