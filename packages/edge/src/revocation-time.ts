/** Until when a revocation list holds (RFC 5280 §5.1.2.5): after that OpenSSL lets nobody in who would have to be on it. */
import { type Der, readAll, readInside, tags } from "./stir/der.ts";

const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
/** Of the list's outer and inner sequence. */
const MOST_FIELDS = 16;
const MOST_IN_LIST = 3;

/**
 * @param pem one list
 * @returns milliseconds since 1970; undefined: the list names no time, or is none
 */
export function nextUpdate(pem: string): number | undefined {
  const base64 = pem
    .split("\n")
    .filter((line) => !line.startsWith("-----"))
    .join("");
  const [signed] = readInside(Buffer.from(base64, "base64"), tags.sequence, MOST_IN_LIST) ?? [];
  const fields = signed?.tag === tags.sequence ? readAll(signed.content, MOST_FIELDS) : undefined;
  // thisUpdate, then perhaps nextUpdate; no other field of the list is a time.
  const [, next] = fields?.filter(({ tag }) => tag === UTC_TIME || tag === GENERALIZED_TIME) ?? [];
  return next === undefined ? undefined : readTime(next);
}

/** RFC 5280 §4.1.2.5: `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` after. */
function readTime({ tag, content }: Der): number | undefined {
  const text = Buffer.from(content).toString("latin1");
  const years = tag === UTC_TIME ? 2 : 4;
  if (text.length !== years + 11 || !text.endsWith("Z")) return undefined;
  const year = Number(text.slice(0, years));
  const whole = tag === GENERALIZED_TIME ? year : year + (year < 50 ? 2000 : 1900);
  const [month = 0, day = 0, hour = 0, minute = 0, second = 0] = [0, 2, 4, 6, 8].map((at) =>
    Number(text.slice(years + at, years + at + 2)),
  );
  const time = Date.UTC(whole, month - 1, day, hour, minute, second);
  return Number.isFinite(time) ? time : undefined;
}
