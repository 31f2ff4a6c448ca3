/** From the configuration and the machine's addresses to the sockets to open and the settings of the core. */
import {
  type Config,
  type PeerTlsConfig,
  type Policy,
  parseCidr,
  RingfenceError,
  type TrunkConfig,
} from "@ringfence/policy";
import { Bug } from "@ringfence/sip";
import { oneSpelling, sameFamily } from "./address.ts";
import { type CarrierFinder, familiesOf } from "./carrier-finder.ts";
import type { Endpoint, EndpointPeer, Role } from "./flow.ts";
import { expandWildcard, machineAddresses, resolveHost, routeAddress, sharedNetworks } from "./io/addresses.ts";
import { type PeerTls, revocationLists } from "./peer-tls.ts";
import type { CoreSettings, PbxNode, PeerSettings, PreviousPassword } from "./settings.ts";
import { CarrierAddresses } from "./trunk/carrier-address.ts";

/** Ports towards the PBX when the configuration names none: beside 5060, which the phones' listener has. */
const PHONES_FROM_PORT = 5070;
const TRUNKS_FROM_PORT = 5080;

/** What the configuration names and somebody else has read: it is no part of it. */
export interface PeerSecrets {
  /** Of trunks, by name. */
  readonly passwords?: ReadonlyMap<string, string> | undefined;
  /** What they were before, and until when that holds too: milliseconds since 1970. */
  readonly previousPasswords?: ReadonlyMap<string, PreviousPassword> | undefined;
  /** PEM of the `ca` files, by path as configured. */
  readonly authorities?: ReadonlyMap<string, string> | undefined;
  /** Key of the signature for `policy.fraud_service`. */
  readonly fraudSecret?: string | undefined;
  /** PEM of the `crl` files, by path as configured. */
  readonly revocations?: ReadonlyMap<string, string> | undefined;
}

export async function layOut(
  config: Config,
  policy: Policy,
  finder: CarrierFinder,
  { passwords, previousPasswords, authorities, revocations }: PeerSecrets,
): Promise<CoreSettings> {
  const machine = machineAddresses();
  const tlsOf = (tls: PeerTlsConfig): PeerTls => ({
    ...tls,
    authorities: authorities?.get(tls.ca ?? ""),
    revocations: tls.crl === undefined ? undefined : listsOf(tls.crl, revocations?.get(tls.crl)),
  });
  const { transport } = config.pbx;
  const pbxNodes: readonly PbxNode[] = await Promise.all(
    config.pbx.nodes.map(async ({ host, port, priority, weight }) => {
      const addresses = (await resolveHost(host)).map(oneSpelling);
      return { host, port, priority, weight, transport, addresses, tls: tlsOf(config.pbx.tls) };
    }),
  );
  const [pbx] = pbxNodes;
  if (pbx === undefined) throw new Bug("a configuration without a PBX");
  const core = await coreEndpoints(config, pbx);
  const withPeers = (made: Endpoint): Endpoint => ({ ...made, peers: peersOf(config, made, tlsOf) });
  const carriers = trunkEndpoints(config).map(withPeers);
  const access = accessEndpoints(config, machine, [...core, ...carriers]).map(withPeers);
  const shown = [...access, ...carriers].map(({ advertised }) => advertised.address);
  const inside = pbxNodes.flatMap(({ addresses }) => addresses);
  const carrierAddresses = new CarrierAddresses(
    [...machine, ...shown],
    [...sharedNetworks(inside), ...inside.map(parseCidr).filter((block) => typeof block !== "string")],
  );
  const found = await finder.findAll(config, familiesOf([...access, ...carriers]), carrierAddresses);
  const trunks = found.map((trunk) => ({
    ...trunk,
    password: passwords?.get(trunk.config.name),
    previous: previousPasswords?.get(trunk.config.name),
    tls: tlsOf(trunk.config.tls),
    listeners: trunk.config.listen.map((l) => endpointId("trunks", l.transport, l.address, l.port)),
  }));
  const ownHosts = new Set<string>();
  for (const endpoint of [...access, ...carriers])
    ownHosts.add(endpoint.local.address).add(endpoint.advertised.address);
  return {
    config,
    policy,
    endpoints: [...access, ...carriers, ...core],
    ownHosts,
    pbx,
    pbxNodes,
    trunks,
    carrierAddresses,
  };
}

/** A list that is named and not there must not mean that nothing is revoked. */
function listsOf(path: string, pem = ""): readonly string[] {
  const lists = revocationLists(pem);
  if (lists.length > 0) return lists;
  throw new RingfenceError("certificate-bad", `${path} holds no revocation list`, "It begins with BEGIN X509 CRL.");
}

/** "Every address" is every address but the ones that the sockets towards the PBX have on that port. */
function accessEndpoints(config: Config, machine: readonly string[], core: readonly Endpoint[]): readonly Endpoint[] {
  const taken = new Set(core.map((e) => `${e.transport} ${e.local.address} ${e.local.port}`));
  return config.phones.listen.flatMap(({ transport, address, port, certificate, origins }) =>
    expandWildcard(address, machine)
      .filter((local) => local === address || !taken.has(`${transport} ${local} ${port}`))
      .map((local) => ({
        ...endpoint("access", transport, local, port, shownAs(local, config.phones.publicAddress)),
        certificate,
        origins,
      })),
  );
}

/** A 1:1 NAT has one family: an IPv6 socket beside it shows its own address. */
function shownAs(local: string, publicAddress: string | undefined): string | undefined {
  return publicAddress !== undefined && sameFamily(local, publicAddress) ? publicAddress : undefined;
}

/** Sockets for carriers alone; trunks that name the same one share it. */
function trunkEndpoints(config: Config): readonly Endpoint[] {
  const found = new Map<string, Endpoint>();
  for (const { interface: bound, listen } of config.trunks) {
    if (bound !== undefined && listen.length === 0)
      throw new Bug("a trunk on an interface whose addresses were not asked for");
    for (const { transport, address, port, certificate } of listen) {
      // Behind an interface of its own is another network, where the public address is nobody's.
      const shown = bound === undefined ? shownAs(address, config.phones.publicAddress) : undefined;
      const made = { ...endpoint("trunks", transport, address, port, shown), certificate };
      if (!found.has(made.id)) found.set(made.id, made);
    }
  }
  return [...found.values()];
}

/** The carriers that are heard on a TLS socket: on their own, or with the phones where they have none. */
function peersOf(
  { trunks }: Config,
  { id, role, transport, certificate }: Endpoint,
  tlsOf: (tls: PeerTlsConfig) => PeerTls,
): readonly EndpointPeer[] | undefined {
  if (transport !== "tls") return undefined;
  const shared = (trunk: TrunkConfig): readonly EndpointPeer[] =>
    role === "access" && trunk.listen.length === 0 ? [{ trunk: trunk.name, tls: tlsOf(trunk.tls), certificate }] : [];
  const own = (trunk: TrunkConfig): readonly EndpointPeer[] =>
    trunk.listen
      .filter((l) => endpointId("trunks", l.transport, l.address, l.port) === id)
      .map((l) => ({ trunk: trunk.name, tls: tlsOf(trunk.tls), certificate: l.certificate }));
  return trunks.flatMap((trunk) => [...shared(trunk), ...own(trunk)]);
}

async function coreEndpoints(config: Config, pbx: PeerSettings): Promise<readonly Endpoint[]> {
  const { phonesFrom, trunksFrom } = config.core;
  const route = async (): Promise<string> => routeAddress(pbx.addresses[0] ?? pbx.host);
  const phones = phonesFrom ?? { address: await route(), port: PHONES_FROM_PORT };
  const trunks = trunksFrom ?? { address: await route(), port: TRUNKS_FROM_PORT };
  const phonesEndpoint = endpoint("core-phones", pbx.transport, phones.address, phones.port);
  // Without a trunk nobody speaks from the trunks' socket, and what is not open cannot be attacked.
  if (config.trunks.length === 0) return [phonesEndpoint];
  const trunksEndpoint = endpoint("core-trunks", pbx.transport, trunks.address, trunks.port);
  apart(config, phonesEndpoint, trunksEndpoint);
  return [phonesEndpoint, trunksEndpoint];
}

/** What `check` says of addresses that are written, said of those that the routing table gave (pbx.md finding 2). */
function apart({ core }: Config, { transport, local: phones }: Endpoint, { local: trunks }: Endpoint): void {
  if (phones.address !== trunks.address) return;
  const samePort = phones.port === trunks.port && phones.port !== 0;
  if (!samePort && (transport === "udp" || core.sharedAddress)) return;
  throw new RingfenceError(
    samePort ? "core-addresses-equal" : "core-address-shared",
    `phones and trunks would both reach the PBX from ${phones.address}, so it could not tell them apart`,
    "Set core.phones_from and core.trunks_from to an address of this machine each",
  );
}

function endpointId(role: Role, transport: string, address: string, port: number): string {
  return `${role}:${transport}:${address}:${port}`;
}

function endpoint(
  role: Role,
  transport: Endpoint["transport"],
  address: string,
  port: number,
  advertised?: string | undefined,
): Endpoint {
  return {
    id: endpointId(role, transport, address, port),
    role,
    transport,
    local: { address: oneSpelling(address), port },
    advertised: { address: oneSpelling(advertised ?? address), port },
  };
}
