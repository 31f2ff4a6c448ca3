/** Addresses of this machine: a wildcard is opened as one socket an address, so that the address a packet came to is known. */
import { createSocket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { type Cidr, networkOf, PrefixSet, RingfenceError } from "@ringfence/policy";

/** Every address of the machine, link-local ones left out: they mean nothing without an interface. */
export function machineAddresses(): readonly string[] {
  const found: string[] = [];
  for (const list of Object.values(networkInterfaces())) {
    for (const { address } of list ?? []) {
      if (!address.toLowerCase().startsWith("fe80:")) found.push(address);
    }
  }
  return found;
}

/** The networks of this machine's interfaces that one of these addresses is in, too. */
export function sharedNetworks(addresses: readonly string[]): readonly Cidr[] {
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return all.flatMap(({ cidr }) => {
    const network = cidr === null ? undefined : networkOf(cidr);
    return network !== undefined && addresses.some((address) => new PrefixSet([network]).has(address)) ? [network] : [];
  });
}

/** `0.0.0.0` and `::` become the addresses of their family; any other stays itself. */
export function expandWildcard(address: string, machine: readonly string[]): readonly string[] {
  if (address === "0.0.0.0") return machine.filter((a) => isIP(a) === 4);
  if (address === "::") return machine.filter((a) => isIP(a) === 6);
  return [address];
}

/** The address this machine would send from towards `remote`: what the routing table says, no packet is sent. */
export function routeAddress(remote: string): Promise<string> {
  const socket = createSocket(isIP(remote) === 6 ? "udp6" : "udp4");
  return new Promise((resolve, reject) => {
    socket.on("error", (cause) => {
      socket.close();
      reject(
        new RingfenceError(
          "no-route",
          `there is no route to ${remote} (${cause.message})`,
          "Check the network, or set core.phones_from and core.trunks_from",
        ),
      );
    });
    // 9 is discard: any port serves, connect only asks the routing table.
    socket.connect(9, remote, () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}

/** Every address of a host, IPv4 first: a PBX in the cellar rarely has IPv6. */
export async function resolveHost(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  try {
    const found = await lookup(host, { all: true, order: "ipv4first" });
    return found.map((entry) => entry.address);
  } catch {
    throw new RingfenceError(
      "host-unknown",
      `the name ${host} cannot be resolved`,
      "Check the spelling and DNS, or write the address",
    );
  }
}
