/**
 * Three hosts and nothing else: the relay, the parties of the calls on both of its networks, and a stranger outside.
 *
 *     parties .11 ─┐                                    ┌─ parties 10.30.0.5 (the PBX)
 *                  ├─ outside ── .1  the relay  .2 .3 ── inside
 *    stranger .66 ─┘  198.51.100.0/24                   10.30.0.0/24
 *                     203.0.113.0/24
 *
 * The stranger is in the phones' own /24, and in another network.
 */
import { inNamespace, NetworkOfNamespaces } from "../../support/network-namespace.ts";
import type { Placed } from "../load/generator.ts";
import type { Site } from "../peers/site.ts";

export const hosts = {
  relayOutside: "198.51.100.1",
  phone: "198.51.100.11",
  neighbour: "198.51.100.66",
  faraway: "203.0.113.66",
  relayInside: "10.30.0.2",
  pbx: "10.30.0.5",
} as const;

export const site: Site = {
  entry: { address: hosts.relayOutside, port: 5_060 },
  tls: { address: hosts.relayOutside, port: 5_061 },
  caller: { address: hosts.phone, port: 5_060 },
  pbx: { address: hosts.pbx, port: 5_060 },
  core: [
    { address: hosts.relayInside, port: 5_070 },
    { address: "10.30.0.3", port: 5_080 },
  ],
  metrics: `${hosts.relayInside}:9060`,
  inspector: "127.0.0.1:9229",
};

/** The namespace of each. */
export interface Namespaces {
  readonly relay: string;
  readonly parties: string;
  readonly stranger: string;
}

export function layOutNetwork(): { readonly namespaces: Namespaces; close(): void } {
  const network = NetworkOfNamespaces.open(["outside", "inside"]);
  // A way out for every address, so that a packet to one that nobody has would be seen.
  const outside = (...addresses: readonly string[]) => ({ lan: "outside", addresses, wayOut: true });
  const inside = (...addresses: readonly string[]) => ({ lan: "inside", addresses });
  const namespaces = {
    relay: network.join("relay", {
      outside: outside(`${hosts.relayOutside}/24`, "203.0.113.1/24"),
      inside: inside(`${hosts.relayInside}/24`, "10.30.0.3/24"),
    }),
    parties: network.join("parties", { outside: outside(`${hosts.phone}/24`), inside: inside(`${hosts.pbx}/24`) }),
    stranger: network.join("stranger", { outside: outside(`${hosts.neighbour}/24`, `${hosts.faraway}/24`) }),
  };
  return { namespaces, close: () => network.close() };
}

export function placedIn(namespace: string): Placed {
  return (command, args) => inNamespace(namespace, command, args);
}
