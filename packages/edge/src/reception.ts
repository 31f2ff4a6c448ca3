/** Who may speak on which socket: decided from the socket and the source address alone, before a byte is read. */
import { Gate, gateVerdict, gateVerdictNames } from "@ringfence/dgram-rate-limiter";
import type { Origin } from "@ringfence/policy";
import type { EdgeCount } from "./events.ts";
import { type Endpoint, type Flow, type HostPort, isOutside } from "./flow.ts";
import type { CoreSettings } from "./settings.ts";

/** New connections a second of one source. */
const CONNECTS_PER_SECOND = 10;
const CONNECTING_SLOTS = 16_384;
/** The gate looks at the first octet of a datagram; a connection has none yet, so it gets a letter. */
const CONNECTS = 0x41;

/** Everybody behind one address may reconnect at once after a restart, and once more. */
function connecting({ config }: CoreSettings): { readonly packetsPerSecond: number; readonly burst: number } {
  const burst = Math.max(2 * config.defence.source.connections, 5 * CONNECTS_PER_SECOND);
  return { packetsPerSecond: CONNECTS_PER_SECOND, burst };
}

export class Reception {
  #settings: CoreSettings;
  #pbxAddresses: ReadonlySet<string>;
  /** Hosts of carriers that we register with: they call from where we registered. */
  #registrars: ReadonlyMap<string, string>;
  readonly #gate: Gate;
  /** New connections by source: each costs a handshake. */
  readonly #connecting: Gate;
  readonly #now: () => number;
  readonly #onCount: (count: EdgeCount) => void;

  constructor(settings: CoreSettings, seed: number, now: () => number, onCount: (count: EdgeCount) => void) {
    this.#settings = settings;
    this.#registrars = registrarsOf(settings);
    this.#pbxAddresses = new Set(settings.pbxNodes.flatMap((node) => node.addresses));
    this.#gate = new Gate({ seed, packetsPerSecond: settings.config.defence.source.packetsPerSecond });
    this.#connecting = new Gate({ seed, ...connecting(settings), slots: CONNECTING_SLOTS });
    this.#now = now;
    this.#onCount = onCount;
  }

  apply(settings: CoreSettings): void {
    this.#settings = settings;
    this.#registrars = registrarsOf(settings);
    this.#pbxAddresses = new Set(settings.pbxNodes.flatMap((node) => node.addresses));
    this.#gate.apply({ packetsPerSecond: settings.config.defence.source.packetsPerSecond });
    this.#connecting.apply(connecting(settings));
  }

  /** A datagram worth reading? Configured peers are not counted: a busy trunk is not a flood. */
  gate(endpoint: Endpoint, address: string, size: number, firstByte: number): boolean {
    if (!isOutside(endpoint.role) || this.#settings.policy.isExempt(address)) return true;
    if (this.#registrars.has(address)) return true;
    // The gate says numbers: names would cost its hot path.
    const verdict = gateVerdictNames[this.#gate.admit(this.#now(), address, size, firstByte)];
    if (verdict === "pass") return true;
    if (verdict === "over-rate" && this.#settings.config.defence.mode === "shadow") {
      this.#onCount({ name: "shadowed", rule: "rate" });
      return true;
    }
    this.#onCount({ name: "gate_dropped", reason: verdict });
    return false;
  }

  /** Connections this source may hold at one time; 0 when it connects too often. Configured peers are not limited. */
  allowance(endpoint: Endpoint, address: string): number {
    const { policy, config } = this.#settings;
    if (endpoint.role !== "access" || policy.isExempt(address)) return Number.POSITIVE_INFINITY;
    const verdict = this.#connecting.admit(this.#now(), address, 1, CONNECTS);
    return verdict === gateVerdict.pass ? config.defence.source.connections : 0;
  }

  /** Connections on which nobody has registered, in all. */
  get strangers(): number {
    return this.#settings.config.defence.strangers.connections;
  }

  prove(address: string): void {
    this.#gate.prove(this.#now(), address);
  }

  /** Default deny: the sockets towards the PBX hear the PBX only, and a denied source is not heard anywhere. */
  admit(endpoint: Endpoint, remote: HostPort, flowId: string): Flow | undefined {
    const { policy } = this.#settings;
    const origin = isOutside(endpoint.role) ? this.#outside(endpoint, remote.address) : this.#inside(remote.address);
    if (origin === undefined || policy.isDenied(remote.address)) {
      this.#onCount({ name: "gate_dropped", reason: origin === undefined ? "stranger" : "denied" });
      return undefined;
    }
    const mustShow = origin.side === "trunk" ? this.#mustShow(origin.trunk) : undefined;
    // A trunk that must show a certificate is heard over TLS or not at all.
    if (mustShow !== undefined && endpoint.transport !== "tls") {
      this.#onCount({ name: "gate_dropped", reason: "stranger" });
      return undefined;
    }
    return {
      id: flowId,
      reliable: endpoint.transport !== "udp",
      packetSource: remote,
      endpoint,
      transport: endpoint.transport,
      side: origin.side,
      trunk: origin.side === "trunk" ? origin.trunk : undefined,
      ...(mustShow === undefined ? {} : { mustShow }),
    };
  }

  #mustShow(name: string): Flow["mustShow"] {
    const trunk = this.#settings.trunks.find((t) => t.config.name === name);
    if (trunk?.tls === undefined || !trunk.config.tls.requireClient) return undefined;
    return { tls: trunk.tls, hosts: trunk.config.hosts.map(({ host }) => host) };
  }

  #inside(address: string): { readonly side: "core" } | undefined {
    return this.#pbxAddresses.has(address) ? { side: "core" } : undefined;
  }

  /**
   * A carrier is its address and its socket together: one that has sockets of its own is a stranger on the phones', where
   * its address could be anybody's who forged it, and nobody but carriers is heard on theirs.
   */
  #outside(endpoint: Endpoint, address: string): Origin | undefined {
    const byAddress = this.#settings.policy.sideOf(address);
    const name = byAddress.side === "trunk" ? byAddress.trunk : this.#registrars.get(address);
    const own = this.#settings.trunks.find((t) => t.config.name === name)?.listeners ?? [];
    if (endpoint.role === "trunks") {
      return name !== undefined && own.includes(endpoint.id) ? { side: "trunk", trunk: name } : undefined;
    }
    return name === undefined || own.length > 0 ? { side: "phone" } : { side: "trunk", trunk: name };
  }
}

/** Several accounts with one carrier share its address: the request itself then says which (`registered-line.ts`). */
function registrarsOf({ trunks }: CoreSettings): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { config, hops } of trunks) {
    if (config.mode === "peer") continue;
    for (const { address } of hops) if (!found.has(address)) found.set(address, config.name);
  }
  return found;
}
