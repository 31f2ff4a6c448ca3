/** The network interfaces of this machine, as they are now. */
import { networkInterfaces } from "node:os";
import type { Interfaces } from "@ringfence/policy";

export function localAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
}

/** `network`: the block that it stands in, `192.0.2.7/24`; undefined where the system does not say. */
export interface MachineAddress {
  readonly address: string;
  readonly network: string | undefined;
}

/** As a phone may dial them: no link-local ones, they need a zone. */
export function machineAddresses(): readonly MachineAddress[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address, cidr }) => ({ address, network: cidr ?? undefined }))
    .filter(({ address }) => !address.startsWith("fe80:") && !address.startsWith("169.254."));
}

/** Those that are up and have an address. Link-local ones mean nothing without their interface, so nothing is bound to them. */
export function machineInterfaces(): Interfaces {
  const found = Object.entries(networkInterfaces()).map(([name, list = []]) => {
    const addresses = list.map(({ address }) => address.toLowerCase());
    return [name, addresses.filter((address) => !address.startsWith("fe80:"))] as const;
  });
  return new Map(found);
}
