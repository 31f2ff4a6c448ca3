/** Who may speak on which socket: decided from the socket and the source address alone, before a byte is read. */
import {
  Gate,
  type GateOptions,
  type GateStatus,
  type GateVerdict,
  gateVerdict,
  gateVerdictNames,
  type NativeGate,
  nativeGate,
  sourceLevel,
} from "@ringfence/dgram-rate-limiter";
import { connecting } from "./connecting-rate.ts";
import { callsForHelp } from "./defence/call-for-help.ts";
import type { Trust } from "./defence/trust.ts";
import type { EdgeCount, GateDropReason } from "./events.ts";
import { datagramFlow, type Endpoint, type Flow, type HostPort, isOutside } from "./flow.ts";
import { Origins } from "./origin.ts";
import { type LeftPeers, leftPeer } from "./reload/left-peers.ts";
import type { CoreSettings } from "./settings.ts";

const CONNECTING_SLOTS = 16_384;
/** The gate looks at the first octet of a datagram; a connection has none yet, so it gets a letter. */
const CONNECTS = 0x41;
/** R: REGISTER, and REFER, which gets no further. */
const REGISTERS = 0x52;
/** Connections at one time of a banned source. */
const BANNED_CONNECTIONS = 2;

/** What `defence.mode: shadow` lets through; what is no SIP is never read. */
const ruleBehind: Partial<Record<GateVerdict, "rate" | "bans">> = {
  [gateVerdict.overRate]: "rate",
  [gateVerdict.strangersFull]: "rate",
  [gateVerdict.banned]: "bans",
  [gateVerdict.shared]: "bans",
};

/** Refusals that a call for help passes, by a budget of its own. */
const mayHelp: ReadonlySet<GateVerdict> = new Set([gateVerdict.banned, gateVerdict.shared, gateVerdict.strangersFull]);

/** What the reception sees of the rest. */
export interface ReceptionSight {
  readonly now: () => number;
  /** A registration or a call is on this flow. */
  readonly keeps: (flowId: string) => boolean;
  readonly onCount: (count: EdgeCount) => void;
}

export class Reception {
  #settings: CoreSettings;
  #origins: Origins;
  /** Peers that a reload took away while calls with them go on. */
  #left: LeftPeers = new Map();
  readonly #gate: Gate;
  /** The same gate for native sockets. */
  readonly #native: NativeGate | undefined;
  /** New connections by source: each costs a handshake. */
  readonly #connecting: Gate;
  readonly #now: () => number;
  readonly #keeps: (flowId: string) => boolean;
  /** Who spoke on a socket that is none of his business. */
  #strays = 0;
  readonly #onCount: (count: EdgeCount) => void;

  constructor(settings: CoreSettings, seed: number, sight: ReceptionSight) {
    this.#settings = settings;
    this.#origins = new Origins(settings);
    this.#gate = new Gate({ seed, ...this.#rates() });
    this.#native = nativeGate(this.#gate);
    this.#connecting = new Gate({ seed, ...connecting(settings), slots: CONNECTING_SLOTS });
    this.#now = sight.now;
    this.#keeps = sight.keeps;
    this.#onCount = sight.onCount;
  }

  apply(settings: CoreSettings): void {
    this.#settings = settings;
    this.#origins = new Origins(settings);
    this.#gate.apply(this.#rates());
    this.#native?.refresh();
    this.#connecting.apply(connecting(settings));
  }

  /** A busy trunk is not a flood: configured peers are not counted. */
  #rates(): Omit<GateOptions, "seed"> {
    const { mode, source, strangers } = this.#settings.config.defence;
    return {
      packetsPerSecond: source.packetsPerSecond,
      strangersPerSecond: strangers.packetsPerSecond,
      exempt: this.#origins.exempt(),
      denied: this.#settings.policy.denied,
      inShadow: mode === "shadow",
    };
  }

  /** A datagram worth reading? Asked first of all, because it is the cheapest. */
  gate(endpoint: Endpoint, remote: HostPort, bytes: Uint8Array): boolean {
    if (!isOutside(endpoint.role)) return true;
    const verdict = this.#gate.admit(this.#now(), remote.address, bytes.length, bytes[0] ?? -1);
    return verdict === gateVerdict.pass || this.judged(endpoint, remote, bytes, verdict);
  }

  /** What native sockets ask; they call `judged` for what may pass all the same. */
  nativeGate(endpoint: Endpoint): NativeGate | undefined {
    return isOutside(endpoint.role) ? this.#native : undefined;
  }

  /** Of a datagram that the gate did not let pass: true when it is read all the same. */
  judged(endpoint: Endpoint, remote: HostPort, bytes: Uint8Array, verdict: GateVerdict): boolean {
    const rule = ruleBehind[verdict];
    if (rule !== undefined && this.#settings.config.defence.mode === "shadow") {
      this.#onCount({ name: "shadowed", rule });
      return true;
    }
    const spared = verdict === gateVerdict.shared && this.#keeps(datagramFlow(endpoint, remote, "phone").id);
    if (spared || this.#mattersThough(verdict, remote.address, bytes)) return true;
    this.#drop(verdict);
    return false;
  }

  #drop(verdict: GateVerdict): void {
    this.#gate.refused[verdict] = (this.#gate.refused[verdict] ?? 0) + 1;
  }

  /** Datagrams and connections that were not read; a flood must not cost a metric each. */
  get dropped(): Readonly<Record<Exclude<GateDropReason, "no-turn">, number>> {
    const { refused } = this.#gate;
    const banned = (refused[gateVerdict.banned] ?? 0) + (refused[gateVerdict.shared] ?? 0);
    const byName = gateVerdictNames.map((name, verdict) => [name, refused[verdict] ?? 0] as const);
    const { pass: _, ...gated } = Object.fromEntries(byName) as Record<(typeof gateVerdictNames)[number], number>;
    return { ...gated, banned, stranger: this.#strays };
  }

  /**
   * A call for help, whatever its source has done and whatever all others do; and of a banned source where phones have registered,
   * a phone that wants to come back.
   */
  #mattersThough(verdict: GateVerdict, address: string, bytes: Uint8Array): boolean {
    if (verdict === gateVerdict.shared && bytes[0] === REGISTERS) return this.#gate.admitBanned(this.#now(), address);
    if (!mayHelp.has(verdict) || !callsForHelp(this.#settings.policy, bytes)) return false;
    if (verdict === gateVerdict.strangersFull) return this.#gate.admitHelp(this.#now(), address);
    return this.#gate.admitBanned(this.#now(), address);
  }

  ban(source: string, forMs: number): void {
    this.#gate.ban(this.#now(), source, forMs);
  }

  unban(source: string): void {
    this.#gate.unban(source);
  }

  /** Banned, and no phone has registered there: nothing but a call for help is read of it. */
  isOutcast(address: string): boolean {
    const { policy, config } = this.#settings;
    if (config.defence.mode === "shadow" || policy.isExempt(address) || this.#origins.trunkAt(address)) return false;
    return this.#gate.held(this.#now(), address) === gateVerdict.banned;
  }

  /** What the gate knows of sources. */
  get sources(): GateStatus {
    return this.#gate.status(this.#now());
  }

  /** Connections this source may hold at one time; 0 when it connects too often. Configured peers are not limited. */
  allowance(endpoint: Endpoint, address: string): number {
    const { policy, config } = this.#settings;
    if (endpoint.role !== "access" || policy.isExempt(address)) return Number.POSITIVE_INFINITY;
    const verdict = this.#connecting.admit(this.#now(), address, 1, CONNECTS);
    if (verdict !== gateVerdict.pass) return 0;
    // Somebody there may have to call for help.
    const banned = this.#gate.held(this.#now(), address) === gateVerdict.banned;
    return banned ? BANNED_CONNECTIONS : config.defence.source.connections;
  }

  /** Connections on which nobody has registered, in all. */
  get strangers(): number {
    return this.#settings.config.defence.strangers.connections;
  }

  /** What behaviour has shown of a source: strangers no longer push it out, and it may send more. */
  trusts(address: string, trust: Trust): void {
    const level = sourceLevel[trust];
    this.#gate.promote(this.#now(), address, level);
    this.#gate.demote(this.#now(), address, level);
  }

  /** @param pressure 0 is none; each step halves what strangers may send */
  press(pressure: number): void {
    this.#gate.press(pressure);
  }

  /** Default deny: the sockets towards the PBX hear the PBX only, and a denied source is not heard anywhere. */
  admit(endpoint: Endpoint, remote: HostPort, flowId: string): Flow | undefined {
    const { policy } = this.#settings;
    const origin = this.#origins.of(endpoint, remote.address) ?? this.#left.get(leftPeer(endpoint, remote.address));
    if (origin === undefined) {
      this.#strays++;
      return undefined;
    }
    if (policy.isDenied(remote.address)) {
      this.#drop(gateVerdict.denied);
      return undefined;
    }
    const mustShow = origin.side === "trunk" ? this.#mustShow(origin.trunk) : undefined;
    // A trunk that must show a certificate is heard over TLS or not at all.
    if (mustShow !== undefined && endpoint.transport !== "tls") {
      this.#strays++;
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

  /** Who else is heard, until their calls are over. */
  leave(peers: LeftPeers): void {
    this.#left = peers;
  }

  /** Those whose calls are over. */
  forget(core: { leftPeers(): LeftPeers }): void {
    if (this.#left.size > 0) this.#left = core.leftPeers();
  }

  /** Whether the rules in force would take this connection, had it come now. */
  takes(flow: Flow): boolean {
    const { endpoint, packetSource, side, trunk, connectTo, mustShow } = flow;
    const { policy, trunks } = this.#settings;
    if (policy.isDenied(packetSource.address)) return false;
    // One of ours to a carrier, over the phones' sockets or its own.
    if (connectTo !== undefined && side === "trunk") return trunks.some((known) => known.config.name === trunk);
    const origin = this.#origins.of(endpoint, packetSource.address);
    if (origin === undefined || origin.side !== side) return false;
    return origin.side !== "trunk" || mustShow !== undefined || this.#mustShow(origin.trunk) === undefined;
  }
}
