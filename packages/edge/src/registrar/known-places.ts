/**
 * Where each account has registered from. A thief who has the password registers from somewhere new: that is said
 * aloud, once for each place (threat: registration hijack).
 */
import { parseIp } from "@ringfence/policy";
import { CappedMap } from "../capped-map.ts";

/** Accounts remembered; the one that has been silent longest is forgotten first. */
const MAX_ACCOUNTS = 20_000;
/** Places of one account: a desk, a home, a mobile network or two. */
const MAX_PLACES = 8;

export class KnownPlaces {
  readonly #places = new CappedMap<string, readonly string[]>(MAX_ACCOUNTS);

  /** The account has been there. */
  knows(account: string, address: string): boolean {
    return this.#places.get(account)?.includes(placeOf(address)) === true;
  }

  /** Every network that any account has been in, as `placeOf` names it. */
  all(): ReadonlySet<string> {
    return new Set([...this.#places.values()].flat());
  }

  /** True when the account is known and this place is new for it. The first place of an account is not news. */
  visit(account: string, address: string): boolean {
    const place = placeOf(address);
    const known = this.#places.get(account) ?? [];
    this.#places.set(account, [place, ...known.filter((other) => other !== place)].slice(0, MAX_PLACES));
    return known.length > 0 && !known.includes(place);
  }
}

/** The network, not the address: providers move their customers within one. IPv4 /24, IPv6 /48 (RFC 6177). */
export function placeOf(address: string): string {
  const ip = parseIp(address);
  if (ip === undefined) return address;
  return ip.family === 4 ? `4:${ip.value >>> 8}` : `6:${ip.words[0]}:${(ip.words[1] ?? 0) >>> 16}`;
}
