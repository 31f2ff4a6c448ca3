/** What an instance says of the sound of a call in its answer to `query`: packets as they came, and what the ends reported. */
import type { LegName } from "../media-port.ts";
import type { Bencoded, BencodedMap } from "./bencode.ts";

/** Of the sound of one leg. */
export interface SoundCount {
  /** RTP that came from this leg's peer, since the stream began. */
  readonly packets: number;
  /** What it said last of that which it hears (RFC 3550 §6.4.1); undefined: nothing yet. */
  readonly report: SoundReport | undefined;
}

export interface SoundReport {
  /** Seconds, on the clock of the instance: another value is another report. */
  readonly at: number;
  /** 0 to 1, since the report before, on the whole way from the other end. */
  readonly lossRate: number;
  readonly jitterMs: number;
  /** Between the instance and this end; undefined: it had no sender report to count from. */
  readonly roundTripMs: number | undefined;
}

/** `line`: place of the m= line, from 0. */
export function soundOf(body: BencodedMap, line: number): Readonly<Record<LegName, SoundCount>> | undefined {
  const [a, b] = [legOf(body, "a", line), legOf(body, "b", line)];
  return a && b && { a, b };
}

function legOf(body: BencodedMap, leg: LegName, line: number): SoundCount | undefined {
  const medias = at(at(at(body, "tags"), leg), "medias");
  const media = Array.isArray(medias) ? medias.find((one) => at(one, "index") === line + 1) : undefined;
  const streams = at(media, "streams");
  const stream = Array.isArray(streams) ? streams[0] : undefined;
  const packets = count(at(at(stream, "stats"), "packets"));
  if (packets === undefined) return undefined;
  const ssrc = count(at(stream, "SSRC"));
  return { packets, report: ssrc === undefined ? undefined : reportOf(at(at(body, "SSRC"), String(ssrc))) };
}

/**
 * Under an SSRC stand the reports that it made. Beside them stands `cumulative loss`, which is not read: between two
 * reports rtpengine 10.5 adds what is missing of the packets of that SSRC, so that it is a count of neither.
 */
function reportOf(source: Bencoded | undefined): SoundReport | undefined {
  const entries = at(at(source, "MOS progression"), "entries");
  const last = Array.isArray(entries) ? entries.at(-1) : undefined;
  const said = count(at(last, "reported at"));
  if (said === undefined) return undefined;
  // Its figures are whole percents, milliseconds and microseconds.
  const roundTrip = count(at(last, "round-trip time leg")) ?? 0;
  return {
    at: said,
    lossRate: Math.min(100, count(at(last, "packet loss")) ?? 0) / 100,
    jitterMs: count(at(last, "jitter")) ?? 0,
    roundTripMs: roundTrip > 0 ? roundTrip / 1_000 : undefined,
  };
}

function at(value: Bencoded | undefined, key: string): Bencoded | undefined {
  return value instanceof Map ? value.get(key) : undefined;
}

function count(value: Bencoded | undefined): number | undefined {
  return typeof value === "number" && value >= 0 ? value : undefined;
}
