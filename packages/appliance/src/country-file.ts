/** Which country an address is in, by the file that `policy.geoip` names: a MaxMind DB, as MaxMind, DB-IP and IPinfo give away. */
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { type Config, RingfenceError } from "@ringfence/policy";
import { type CountryResponse, Reader } from "mmdb-lib";

export interface CountryFile {
  /** ISO 3166-1 alpha-2; undefined: it does not say. */
  readonly countryOf: (address: string) => string | undefined;
  /** For the digest of a configuration. */
  readonly digest: string;
}

/** Files of countries have some 10 MB; those of cities, which will do too, some 100. */
const largestFile = 268_435_456;

/**
 * Undefined when the configuration names none.
 * @throws RingfenceError `geoip-unreadable`
 */
export function readCountryFile({ policy }: Config, dir: string): CountryFile | undefined {
  const name = policy.geoipFile;
  if (name === undefined) return undefined;
  const unreadable = (what: string): RingfenceError =>
    new RingfenceError(
      "geoip-unreadable",
      `policy.geoip: ${name} ${what}`,
      "Name a file of countries (.mmdb), or none.",
    );
  try {
    const path = resolve(dir, name);
    if (statSync(path).size > largestFile) throw unreadable("is larger than any such file");
    const octets = readFileSync(path);
    const reader = new Reader<CountryResponse>(octets);
    return { countryOf: (address) => countryIn(reader, address), digest: digestOf(octets) };
  } catch (error) {
    if (error instanceof RingfenceError) throw error;
    throw unreadable("is not there, or is no such file");
  }
}

/** A file that contradicts itself says nothing of that address. */
function countryIn(reader: Reader<CountryResponse>, address: string): string | undefined {
  try {
    const code: unknown = reader.get(address)?.country?.iso_code;
    return typeof code === "string" && code.length === 2 ? code : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(octets: Buffer): string {
  return createHash("sha256").update(octets).digest("hex");
}
