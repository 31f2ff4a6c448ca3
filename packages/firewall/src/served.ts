/** From the configuration to what the ruleset is about: which ports are served, and who may speak on them. Only what is written as an address is known here. */
import { type Config, type ListenTransport, type LocalEndpoint, parseIp, type TrunkConfig } from "@ringfence/policy";
import { type Block, blockOf } from "./block.ts";

export interface Port {
  /** `0.0.0.0` and `::` are every address of their family. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly protocol: "udp" | "tcp";
  readonly port: number;
}

/** A socket on which only these are heard. */
export interface ReservedPort extends Port {
  readonly for: string;
  readonly sources: readonly Block[];
}

/** An address of a carrier's own interface: who is on another network cannot be that carrier. */
export interface BoundAddress extends Pick<Port, "address" | "family"> {
  readonly interface: string;
}

export interface Served {
  readonly phones: readonly Port[];
  readonly reserved: readonly ReservedPort[];
  readonly bound: readonly BoundAddress[];
  readonly media: Pick<Port, "address" | "family"> & { readonly first: number; readonly last: number };
  /** What this ruleset leaves to Ringfence alone, in whole sentences. */
  readonly unknown: readonly string[];
}

export function servedBy(config: Config): Served {
  const { media } = config;
  const carriers = carrierPorts(config);
  const core = corePorts(config);
  return {
    phones: config.phones.listen.map(portOf).filter(({ port }) => port > 0),
    reserved: [...core.ports, ...carriers.ports],
    bound: boundAddresses(config),
    media: { address: media.address, family: familyOf(media.address), ...media.ports },
    unknown: [...core.unknown, ...carriers.unknown],
  };
}

/** Whom `defence` does not judge: the PBX, carriers by their addresses, and `defence.allow`. */
export function sparedBy({ pbx, trunks, defence }: Config): readonly Block[] {
  const pbxes = pbx.nodes.flatMap(({ host }) => blockOf(host) ?? []);
  return [
    ...pbxes,
    ...[...trunks.flatMap(({ from }) => from), ...defence.allow].flatMap((cidr) => blockOf(cidr) ?? []),
  ];
}

type Ports = { readonly ports: readonly ReservedPort[]; readonly unknown: readonly string[] };

/** The sockets towards the PBX hear the PBX. */
function corePorts({ core, pbx, trunks }: Config): Ports {
  const sources = pbx.nodes.flatMap(({ host }) => blockOf(host) ?? []);
  if (sources.length < pbx.nodes.length) {
    return {
      ports: [],
      unknown: ["The PBX is named, not written as an address: Ringfence alone keeps others from its sockets."],
    };
  }
  const wanted: (readonly [string, LocalEndpoint | undefined])[] = [["core.phones_from", core.phonesFrom]];
  if (trunks.length > 0) wanted.push(["core.trunks_from", core.trunksFrom]);
  const ports: ReservedPort[] = [];
  const unknown: string[] = [];
  for (const [key, at] of wanted) {
    if (at === undefined || at.port === 0)
      unknown.push(`${key} is not written: Ringfence alone keeps others from that socket.`);
    else ports.push({ ...portOf({ ...at, transport: pbx.transport }), for: "the PBX", sources });
  }
  return { ports, unknown };
}

/** Sockets for carriers alone hear the carriers that are known by address; several may share one. */
function carrierPorts({ trunks }: Config): Ports {
  const sockets = new Map<string, { readonly port: Port; readonly trunks: TrunkConfig[] }>();
  for (const trunk of trunks) {
    for (const listen of trunk.listen) {
      const port = portOf(listen);
      const key = `${port.protocol} ${port.address} ${port.port}`;
      const socket = sockets.get(key) ?? { port, trunks: [] };
      socket.trunks.push(trunk);
      if (port.port > 0) sockets.set(key, socket);
    }
  }
  const ports: ReservedPort[] = [];
  const unknown: string[] = [];
  for (const { port, trunks } of sockets.values()) {
    const names = trunks.map(({ name }) => name).join(", ");
    const sources = trunks.map(sourcesOf);
    if (sources.every((list) => list !== undefined)) ports.push({ ...port, for: names, sources: sources.flat() });
    else
      unknown.push(
        `${names}: called from where DNS says, so Ringfence alone keeps others from ${port.address} ${port.port}.`,
      );
  }
  return { ports, unknown };
}

function boundAddresses({ trunks }: Config): readonly BoundAddress[] {
  const found = new Map<string, BoundAddress>();
  for (const { interface: name, listen } of trunks) {
    if (name === undefined) continue;
    for (const { address } of listen) found.set(address, { address, family: familyOf(address), interface: name });
  }
  return [...found.values()];
}

/** Undefined: also from where we register, and that is a name. */
function sourcesOf({ mode, from, hosts }: TrunkConfig): readonly Block[] | undefined {
  const called = from.flatMap((cidr) => blockOf(cidr) ?? []);
  if (mode === "peer") return called;
  const registrars = hosts.map(({ host }) => blockOf(host));
  return registrars.every((block) => block !== undefined) ? [...called, ...registrars] : undefined;
}

function portOf(listen: {
  readonly transport: ListenTransport;
  readonly address: string;
  readonly port: number;
}): Port {
  const { transport, address, port } = listen;
  return { address, family: familyOf(address), protocol: transport === "udp" ? "udp" : "tcp", port };
}

function familyOf(address: string): 4 | 6 {
  return parseIp(address)?.family ?? 4;
}
