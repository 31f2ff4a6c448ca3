/** Who may speak on which socket: decided from the socket and the source address alone, before a byte is read. */
import { Gate, gateVerdict } from "@ringfence/dgram-rate-limiter";
import type { EdgeCount } from "./events.ts";
import type { Endpoint, Flow, HostPort } from "./flow.ts";
import type { CoreSettings } from "./settings.ts";

/** Gate verdicts by their label in metrics; the numbers are the gate's, for its hot path. */
const labels: ReadonlyMap<number, string> = new Map(
  Object.entries(gateVerdict).map(([label, verdict]) => [verdict, label]),
);

export class Reception {
  #settings: CoreSettings;
  #pbxAddresses: ReadonlySet<string>;
  readonly #gate: Gate;
  readonly #now: () => number;
  readonly #onCount: (count: EdgeCount) => void;

  constructor(settings: CoreSettings, seed: number, now: () => number, onCount: (count: EdgeCount) => void) {
    this.#settings = settings;
    this.#pbxAddresses = new Set(settings.pbxNodes.flatMap((node) => node.addresses));
    this.#gate = new Gate({ seed, packetsPerSecond: settings.config.defence.source.packetsPerSecond });
    this.#now = now;
    this.#onCount = onCount;
  }

  apply(settings: CoreSettings): void {
    this.#settings = settings;
    this.#pbxAddresses = new Set(settings.pbxNodes.flatMap((node) => node.addresses));
    this.#gate.apply({ packetsPerSecond: settings.config.defence.source.packetsPerSecond });
  }

  /** A datagram worth reading? Configured peers are not counted: a busy trunk is not a flood. */
  gate(endpoint: Endpoint, address: string, size: number, firstByte: number): boolean {
    if (endpoint.role !== "access" || this.#settings.policy.isExempt(address)) return true;
    const verdict = this.#gate.admit(this.#now(), address, size, firstByte);
    if (verdict === gateVerdict.pass) return true;
    this.#onCount({ name: "gate_dropped", reason: labels.get(verdict) ?? "unknown" });
    return false;
  }

  prove(address: string): void {
    this.#gate.prove(this.#now(), address);
  }

  /** Default deny: the sockets towards the PBX hear the PBX only, and a denied source is not heard anywhere. */
  admit(endpoint: Endpoint, remote: HostPort, flowId: string): Flow | undefined {
    const { policy } = this.#settings;
    const stranger = endpoint.role !== "access" && !this.#pbxAddresses.has(remote.address);
    if (stranger || policy.isDenied(remote.address)) {
      this.#onCount({ name: "gate_dropped", reason: stranger ? "stranger" : "denied" });
      return undefined;
    }
    const origin = endpoint.role === "access" ? policy.sideOf(remote.address) : ({ side: "core" } as const);
    return {
      id: flowId,
      reliable: endpoint.transport !== "udp",
      packetSource: remote,
      endpoint,
      transport: endpoint.transport,
      side: origin.side,
      trunk: origin.side === "trunk" ? origin.trunk : undefined,
    };
  }
}
