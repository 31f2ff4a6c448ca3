/** What is abroad, seen from where the phones are. */
import type { DialledNumber, WorldNumber } from "./dialled.ts";
import { callingCodeOf, habitsOf } from "./plan.ts";

/** Undefined: nobody said where the phones are, and every number with country code is taken for one abroad. */
export type Home = string | undefined;

/** By country, not by calling code: Jamaica is abroad to +1 as well. What is toll-free in the own code belongs to all its countries. */
export function isAbroad({ e164, country, type }: WorldNumber, home: Home): boolean {
  if (home === undefined) return true;
  if (country === home) return false;
  return type !== "toll-free" || callingCodeOf(e164) !== habitsOf(home)?.callingCode;
}

/** Whatever a PBX or a carrier could take it for. */
export function mayGoAbroad({ world, others }: DialledNumber, home: Home): boolean {
  return (world !== undefined && isAbroad(world, home)) || others.some((other) => isAbroad(other, home));
}
