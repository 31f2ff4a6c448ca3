/**
 * Where DNS may not send a carrier's calls (threat L14): a zone is somebody else's text, and an answer that points at this
 * machine, at the PBX or into its network would make us the one who knocks there. An address that the configuration
 * names itself was meant.
 */
import { type Cidr, canonicalIp, PrefixSet, parseCidr, parseIp } from "@ringfence/policy";

export type Misplaced = "unspecified" | "loopback" | "link-local" | "multicast" | "reserved" | "own" | "inside";

function blocks(...texts: readonly string[]): PrefixSet {
  return new PrefixSet(texts.map(parseCidr).filter((block) => typeof block !== "string"));
}

/** RFC 6890: no host on the internet has these. */
const nobodys: readonly (readonly [Misplaced, PrefixSet])[] = [
  ["unspecified", blocks("0.0.0.0/8", "::")],
  ["loopback", blocks("127.0.0.0/8", "::1")],
  ["link-local", blocks("169.254.0.0/16", "fe80::/10")],
  ["multicast", blocks("224.0.0.0/4", "ff00::/8")],
  ["reserved", blocks("240.0.0.0/4")],
];

export class CarrierAddresses {
  readonly #own: ReadonlySet<string | undefined>;
  readonly #inside: PrefixSet;

  /** @param own addresses of this machine, and those it shows · @param inside the PBX and the networks it shares with us */
  constructor(own: readonly string[] = [], inside: readonly Cidr[] = []) {
    this.#own = new Set(own.map(canonicalIp));
    this.#inside = new PrefixSet(inside);
  }

  /** Undefined: a carrier may be there. */
  fault(address: string): Misplaced | undefined {
    const plain = unwrapped(address);
    const canonical = canonicalIp(plain);
    if (canonical === undefined) return "reserved";
    if (this.#own.has(canonical)) return "own";
    return nobodys.find(([, set]) => set.has(plain))?.[0] ?? (this.#inside.has(plain) ? "inside" : undefined);
  }
}

/** 64:ff9b::/96 leads to the IPv4 address at its end (RFC 6052 §2.1). */
function unwrapped(address: string): string {
  const ip = parseIp(address);
  if (ip?.family !== 6) return address;
  const [first, second, third, last] = ip.words;
  if (first !== 0x0064ff9b || second !== 0 || third !== 0) return address;
  return [24, 16, 8, 0].map((shift) => (last >>> shift) & 255).join(".");
}
