/** From the configuration and the machine's addresses to the sockets to open and the settings of the core. */
import type { Config, Policy } from "@ringfence/policy";
import { Bug } from "@ringfence/sip";
import type { Endpoint, Role } from "./flow.ts";
import { expandWildcard, machineAddresses, resolveHost, routeAddress } from "./io/addresses.ts";
import type { CoreSettings, PeerSettings, TrunkSettings } from "./settings.ts";

/** Ports towards the PBX when the configuration names none: beside 5060, which the phones' listener has. */
const PHONES_FROM_PORT = 5070;
const TRUNKS_FROM_PORT = 5080;

export async function layOut(config: Config, policy: Policy): Promise<CoreSettings> {
  const machine = machineAddresses();
  const pbxNodes = await Promise.all(
    config.pbx.nodes.map(async ({ host, port }) => {
      return { host, port, transport: config.pbx.transport, addresses: await resolveHost(host) };
    }),
  );
  const [pbx] = pbxNodes;
  if (pbx === undefined) throw new Bug("a configuration without a PBX");
  const core = await coreEndpoints(config, pbx);
  const access = accessEndpoints(config, machine, core);
  const trunks = await Promise.all(config.trunks.map(resolveTrunk));
  const ownHosts = new Set<string>();
  for (const endpoint of access) ownHosts.add(endpoint.local.address).add(endpoint.advertised.address);
  return { config, policy, endpoints: [...access, ...core], ownHosts, pbx, pbxNodes, trunks };
}

/** "Every address" is every address but the ones that the sockets towards the PBX have on that port. */
function accessEndpoints(config: Config, machine: readonly string[], core: readonly Endpoint[]): readonly Endpoint[] {
  const taken = new Set(core.map((e) => `${e.transport} ${e.local.address} ${e.local.port}`));
  return config.phones.listen.flatMap(({ transport, address, port, certificate }) =>
    expandWildcard(address, machine)
      .filter((local) => local === address || !taken.has(`${transport} ${local} ${port}`))
      .map((local) => ({
        ...endpoint("access", transport, local, port, config.phones.publicAddress),
        certificate,
      })),
  );
}

async function coreEndpoints(config: Config, pbx: PeerSettings): Promise<readonly Endpoint[]> {
  const { phonesFrom, trunksFrom } = config.core;
  const route = async (): Promise<string> => routeAddress(pbx.addresses[0] ?? pbx.host);
  const phones = phonesFrom ?? { address: await route(), port: PHONES_FROM_PORT };
  const trunks = trunksFrom ?? { address: await route(), port: TRUNKS_FROM_PORT };
  const phonesEndpoint = endpoint("core-phones", pbx.transport, phones.address, phones.port);
  // Without a trunk nobody speaks from the trunks' socket, and what is not open cannot be attacked.
  if (config.trunks.length === 0) return [phonesEndpoint];
  return [phonesEndpoint, endpoint("core-trunks", pbx.transport, trunks.address, trunks.port)];
}

function endpoint(
  role: Role,
  transport: Endpoint["transport"],
  address: string,
  port: number,
  advertised?: string | undefined,
): Endpoint {
  return {
    id: `${role}:${transport}:${address}:${port}`,
    role,
    transport,
    local: { address, port },
    advertised: { address: advertised ?? address, port },
  };
}

async function resolveTrunk(config: Config["trunks"][number]): Promise<TrunkSettings> {
  const hosts = await Promise.all(
    config.hosts.map(async (host) => ({ ...host, addresses: await resolveHost(host.host) })),
  );
  return { config, hosts: hosts.toSorted((one, other) => one.priority - other.priority) };
}
