/** Whose packets are heard on which socket: from the socket and the source address alone (default deny). */
import { type Origin, type PrefixSet, parseCidr } from "@ringfence/policy";
import { type Endpoint, isOutside } from "./flow.ts";
import type { CoreSettings } from "./settings.ts";

export class Origins {
  readonly #settings: Pick<CoreSettings, "policy" | "trunks">;
  readonly #pbxAddresses: ReadonlySet<string>;
  /** Hosts of carriers that we register with: they call from where we registered. */
  readonly #registrars: ReadonlyMap<string, string>;

  constructor(settings: Pick<CoreSettings, "policy" | "trunks" | "pbxNodes">) {
    this.#settings = settings;
    this.#registrars = registrarsOf(settings);
    this.#pbxAddresses = new Set(settings.pbxNodes.flatMap((node) => node.addresses));
  }

  /** Undefined: a stranger there. */
  of(endpoint: Endpoint, address: string): Origin | { readonly side: "core" } | undefined {
    if (!isOutside(endpoint.role)) return this.#pbxAddresses.has(address) ? { side: "core" } : undefined;
    return this.#outside(endpoint, address);
  }

  /** Whom no rate and no ban holds: the PBX, carriers wherever DNS says they are, and `defence.allow`. */
  exempt(): PrefixSet {
    const { exempt } = this.#settings.policy;
    const blocks = [...this.#registrars.keys()].map(parseCidr).filter((block) => typeof block !== "string");
    return blocks.length === 0 ? exempt : exempt.with(blocks);
  }

  /** The carrier that calls from there, whichever socket it uses. */
  trunkAt(address: string): string | undefined {
    const byAddress = this.#settings.policy.sideOf(address);
    return byAddress.side === "trunk" ? byAddress.trunk : this.#registrars.get(address);
  }

  /**
   * A carrier is its address and its socket together: one that has sockets of its own is a stranger on the phones', where
   * its address could be anybody's who forged it, and nobody but carriers is heard on theirs.
   */
  #outside(endpoint: Endpoint, address: string): Origin | undefined {
    const name = this.trunkAt(address);
    const own = this.#settings.trunks.find((t) => t.config.name === name)?.listeners ?? [];
    if (endpoint.role === "trunks") {
      return name !== undefined && own.includes(endpoint.id) ? { side: "trunk", trunk: name } : undefined;
    }
    return name === undefined || own.length > 0 ? { side: "phone" } : { side: "trunk", trunk: name };
  }
}

/** Several accounts with one carrier share its address: the request itself then says which (`registered-line.ts`). */
function registrarsOf({ trunks }: Pick<CoreSettings, "trunks">): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { config, hops } of trunks) {
    if (config.mode === "peer") continue;
    for (const { address } of hops) if (!found.has(address)) found.set(address, config.name);
  }
  return found;
}
