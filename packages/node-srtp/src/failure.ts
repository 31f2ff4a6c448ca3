/** Every way a packet can be refused, as the small negative integers the hot path returns; native/result.h has the same. Closed: the names are metric labels. */
export const srtpResult = {
  /** The tag does not match: forged, damaged, another key, or an index estimate that is off by 2^16. */
  authentication: -1,
  /** This index was seen before (receiving) or used before (sending: a second use would repeat the keystream). */
  replay: -2,
  /** Too few octets for header, tag, index and MKI. */
  short: -3,
  /** The buffer has no room for tag, index and MKI. */
  capacity: -4,
  /** The master key has protected as many packets as it may (RFC 3711 §9.2). */
  lifetime: -5,
  /** A new SSRC, and the table of SSRCs of this context is full. */
  ssrcLimit: -6,
  /** Not version 2, or a header that does not end inside the packet. */
  malformed: -7,
  /** Behind the replay window: it may or may not have been seen, so it is not taken. */
  old: -8,
  /** The MKI in the packet names none of the keys. */
  mki: -9,
} as const;

export type SrtpFailureName = keyof typeof srtpResult;
/** A negative result of `rtp()` or `rtcp()`. */
export type SrtpFailure = (typeof srtpResult)[SrtpFailureName];

export const srtpFailureNames: readonly SrtpFailureName[] = Object.keys(srtpResult) as SrtpFailureName[];

/** The name of a negative result, for a metric label or a log field; undefined for anything else. */
export function srtpFailureName(result: number): SrtpFailureName | undefined {
  return srtpFailureNames.find((name) => srtpResult[name] === result);
}
