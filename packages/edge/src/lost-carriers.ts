/** Carriers of a configuration that DNS knows no address of: what a reload would be refused for, asked before there is one. */
import type { Config, RingfenceError } from "@ringfence/policy";
import { CarrierFinder, unresolvable } from "./carrier-finder.ts";
import { createAsk } from "./io/dns.ts";
import { CarrierAddresses } from "./trunk/carrier-address.ts";

/** Asks the machine's resolvers; one that is silent takes some seconds. */
export async function lostCarriers(config: Config): Promise<readonly RingfenceError[]> {
  const finder = new CarrierFinder(createAsk(), () => performance.now());
  const found = await finder.findAll(config, [4, 6], new CarrierAddresses());
  return found.flatMap((trunk) =>
    trunk.hops.length === 0 && trunk.config.hosts.length > 0 ? [unresolvable(trunk.config)] : [],
  );
}
