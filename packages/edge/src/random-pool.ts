/** Randomness in small pieces from one large draw: tags and branches need eight octets, the system call costs more than that. */
import { randomFillSync } from "node:crypto";
import type { Random } from "@ringfence/sip";

const POOL = 8192;

/** Octets are handed out once and never looked at again here. */
export function pooledRandom(): Random {
  let pool = new Uint8Array(POOL);
  let used = POOL;
  return (bytes) => {
    if (used + bytes > POOL) {
      pool = randomFillSync(new Uint8Array(POOL));
      used = 0;
    }
    used += bytes;
    return pool.subarray(used - bytes, used);
  };
}
