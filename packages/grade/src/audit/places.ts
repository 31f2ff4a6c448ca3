/** Which addresses are whose, as several questions ask it. */
import { type Cidr, isLoopback, isWildcard } from "@ringfence/policy";

/** Others can get there. */
export function isOpen(address: string): boolean {
  return !isLoopback(address);
}

/** Whether somebody who waits at `bound` is found at `address`. */
export function serves(bound: string, address: string): boolean {
  return bound === address || isWildcard(bound);
}

/** So wide a block is no list of known peers. */
export function isWide({ family, prefix }: Cidr): boolean {
  return prefix < (family === 4 ? 16 : 32);
}

/** Everybody. */
export function isEverybody({ prefix }: Cidr): boolean {
  return prefix === 0;
}
