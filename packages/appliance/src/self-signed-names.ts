/** Names of the certificate that is made where none was given: what phones call us by, and nothing of the inside (threat model). */
import { type Config, isLoopback, isWildcard, networkOf, PrefixSet } from "@ringfence/policy";
import { type MachineAddress, machineAddresses } from "./interfaces.ts";
import { type KeyPair, keepSelfSigned } from "./self-signed.ts";

/** That of this machine, under this configuration. */
export function ownCertificate(config: Config, stateDir: string): Promise<KeyPair> {
  return keepSelfSigned(stateDir, selfSignedNames(config));
}

export function selfSignedNames(config: Config, machine = machineAddresses()): readonly string[] {
  const { domains, listen, publicAddress } = config.phones;
  const own = listen.filter(({ transport, certificate }) => usesTls(transport) && certificate === undefined);
  const named = own.map(({ address }) => address).filter((address) => !isWildcard(address));
  const reached = own.length > named.length ? outside(config, machine) : [];
  const addresses = publicAddress === undefined ? [...named, ...reached] : [publicAddress, ...named, ...reached];
  return [...new Set([...domains.map(bare), "localhost", ...addresses])];
}

const usesTls = (transport: string): boolean => transport === "tls" || transport === "wss";

/** An IPv6 address as a domain stands in brackets. */
const bare = (domain: string): string => (domain.startsWith("[") ? domain.slice(1, -1) : domain);

/** A machine with one address has it on both sides. */
function outside(config: Config, machine: readonly MachineAddress[]): readonly string[] {
  const inside = insideOf(config);
  const outer = machine.filter((one) => isLoopback(one.address) || !inside(one));
  const left = outer.some(({ address }) => !isLoopback(address)) ? outer : machine;
  return left.map(({ address }) => address);
}

/** Towards the PBX, as the configuration says or as the networks lie, and in a carrier's own network. */
function insideOf({ core, pbx, trunks }: Config): (one: MachineAddress) => boolean {
  const written = [
    core.phonesFrom,
    core.trunksFrom,
    ...trunks.flatMap((trunk) => (trunk.interface ? trunk.listen : [])),
  ];
  const ours = new Set(written.flatMap((place) => (place === undefined ? [] : [place.address])));
  return ({ address, network }) => {
    if (ours.has(address)) return true;
    // Without `core.phones_from` the way to the PBX decides, and that is through its own network if we are in it.
    const block = network === undefined || core.phonesFrom !== undefined ? undefined : networkOf(network);
    const near = new PrefixSet(block === undefined ? [] : [block]);
    return pbx.nodes.some((node) => near.has(node.host));
  };
}
