/**
 * A trunk on an interface of its own, such as a tunnel: its sockets are on the addresses of that interface and nowhere else. Which those are
 * only the machine knows, so it is asked when a file is loaded, and everything behind sees sockets as if they had been written.
 */
import { canonicalIp } from "../address.ts";
import type { ListenConfig, TrunkConfig } from "./config.ts";
import { isOneOf, type LeafReading, quoted, written } from "./leaf.ts";
import { defaultPort } from "./pbx.ts";
import type { Finding } from "./yaml-document.ts";

/** Addresses by name of the interface, link-local ones left out. */
export type Interfaces = ReadonlyMap<string, readonly string[]>;

/** What the kernel calls it: at most 15 characters. Others than these would need quoting in the rules of the packet filter. */
export function interfaceName() {
  return written({ kind: "name of an interface", examples: ["wg0"] }, (text): LeafReading<string> => {
    if (text.length <= 15 && isOneOf(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")) {
      return { value: text };
    }
    const remedy = "write it as `ip link` shows it: wg0, eth1, eth0.100";
    return { problem: `is ${quoted(text)}, which is no name of an interface`, remedy };
  });
}

export interface BoundTrunks {
  readonly trunks: readonly TrunkConfig[];
  readonly findings: readonly Finding[];
}

export function bindTrunks(trunks: readonly TrunkConfig[], interfaces: Interfaces | undefined): BoundTrunks {
  if (interfaces === undefined) return { trunks, findings: [] };
  const findings: Finding[] = [];
  const bound = trunks.map((trunk, index): TrunkConfig => {
    if (trunk.interface === undefined) return trunk;
    const addresses = interfaces.get(trunk.interface) ?? [];
    if (addresses.length === 0) findings.push(withoutAddress(trunk, index, interfaces));
    else if (trunk.listen.length > 0) findings.push(...elsewhere(trunk, index, addresses));
    return trunk.listen.length > 0 ? trunk : { ...trunk, listen: listenersOf(trunk, addresses) };
  });
  return { trunks: bound, findings };
}

function withoutAddress({ interface: name }: TrunkConfig, index: number, interfaces: Interfaces): Finding {
  const exists = name !== undefined && interfaces.has(name);
  return {
    code: "interface-unknown",
    severity: "error",
    path: ["trunks", index, "interface"],
    message: exists ? `${name} has no address` : `this machine has no interface ${name} that is up`,
    remedy: exists ? `give it one: ip address add ADDRESS dev ${name}` : known(interfaces),
  };
}

function known(interfaces: Interfaces): string {
  return `bring it up first (a tunnel: wg-quick up NAME); there are ${[...interfaces.keys()].slice(0, 12).join(", ")}`;
}

/** An address that the interface does not have would bind the trunk to another. */
function elsewhere({ name, listen, interface: bound }: TrunkConfig, index: number, addresses: readonly string[]) {
  const own = new Set(addresses.map(canonicalIp));
  return listen.flatMap(({ address }, at): readonly Finding[] => {
    if (own.has(canonicalIp(address))) return [];
    return [
      {
        code: "interface-mismatch",
        severity: "error",
        path: ["trunks", index, "listen", at, "address"],
        message: `${address} is no address of ${bound}, which \`${name}\` is bound to`,
        remedy: `write one of ${addresses.join(", ")}, or remove \`listen\``,
      },
    ];
  });
}

/** What its hosts speak; a large request to one with UDP goes over TCP. */
function listenersOf(
  { hosts, largeRequests, tls }: TrunkConfig,
  addresses: readonly string[],
): readonly ListenConfig[] {
  const spoken = new Set(hosts.map(({ transport }) => transport));
  if (spoken.has("udp") && largeRequests === "tcp") spoken.add("tcp");
  return addresses.flatMap((address) =>
    [...spoken].map((transport) => ({
      transport,
      address,
      port: defaultPort(transport),
      certificate: transport === "tls" ? tls.clientCertificate : undefined,
      origins: [],
      unencrypted: false,
    })),
  );
}
