/**
 * Releases of the runtime that repaired holes somebody could come through, and how long each line is repaired at all. Carried as data,
 * because a border asks nobody on the internet; `asOf` says how far it goes. A new release of Ringfence brings a new list.
 */

/** The day of the last release that was looked at, ISO 8601. */
export const asOf = "2026-10-21";

interface Repair {
  /** First release with it, of each line. */
  readonly fixed: readonly string[];
  readonly day: string;
  /** The worst of what was repaired. */
  readonly what: string;
}

/** The newest first. Source: vuln/core of nodejs/security-wg. */
const repairs: readonly Repair[] = [
  {
    fixed: ["26.12.1", "24.22.1", "22.23.4"],
    day: "2026-10-21",
    what: "a write past the end in the Brotli decoder (CVE-2026-111497), names and spellings of addresses (CVE-2026-105482, CVE-2026-106069)",
  },
  {
    fixed: ["26.5.1", "24.18.1", "22.23.2"],
    day: "2026-07-29",
    what: "three holes of high weight (CVE-2026-56846, CVE-2026-56848, CVE-2026-58043)",
  },
  {
    fixed: ["26.3.1", "24.17.0", "22.23.0"],
    day: "2026-06-18",
    what: "certificates with wildcards taken for other names (CVE-2026-48618), a crash in WebCrypto (CVE-2026-48933)",
  },
  {
    fixed: ["25.8.2", "24.14.1", "22.22.2", "20.20.2"],
    day: "2026-03-24",
    what: "a handshake of TLS that ends the process (CVE-2026-21637, CVE-2026-21710)",
  },
];

/** By major version: the last day on which holes are repaired. */
const ends: ReadonlyMap<number, string> = new Map([
  [20, "2026-04-30"],
  [22, "2027-04-30"],
  [24, "2028-04-30"],
  [26, "2029-04-30"],
]);

/** The newest hole that this version has; undefined: none that is known here. @param version as `24.21.0` */
export function knownHole(version: string): string | undefined {
  const [major = 0] = partsOf(version);
  for (const { fixed, day, what } of repairs) {
    const first = fixed.find((one) => partsOf(one)[0] === major);
    if (first !== undefined && isBefore(version, first)) return `${what}; repaired in ${first} on ${day}`;
  }
  return undefined;
}

/** Undefined: it is still repaired, or nobody here knows. */
export function endedOn(version: string, now: number): string | undefined {
  const [major = 0] = partsOf(version);
  const end = ends.get(major);
  // Odd lines live for months, and those before the oldest of the table have ended.
  if (end === undefined) return major % 2 === 1 || major < Math.min(...ends.keys()) ? "long ago" : undefined;
  return Date.parse(end) < now ? `on ${end}` : undefined;
}

function isBefore(version: string, other: string): boolean {
  const [mine, theirs] = [partsOf(version), partsOf(other)];
  const at = theirs.findIndex((part, i) => part !== mine[i]);
  return at >= 0 && (mine[at] ?? 0) < (theirs[at] ?? 0);
}

function partsOf(version: string): readonly number[] {
  return version.split(".").map(Number);
}
