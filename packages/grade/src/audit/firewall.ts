/** Point 1: what can be reached at all. */
import { type Config, parseIp } from "@ringfence/policy";
import type { Point } from "../check.ts";
import { isInside } from "../inside.ts";
import type { AuditFacts, MachineFacts, OpenPort } from "./facts.ts";
import { isOpen, isWide, serves } from "./places.ts";

/** More ports than this are more than a call needs: 5,000 calls with two legs of two ports. */
const mostMediaPorts = 20_000;
/** What miniSipServer listens on: SIP, its web pages, its WebSocket, SIP over TCP. */
const pbxPorts: ReadonlySet<number> = new Set([5060, 5062, 5080, 6060, 8080]);
/** The secure shell: its own questions are under least privilege. */
const shellPort = 22;

export const firewall: Point<AuditFacts> = {
  number: 1,
  name: "Firewall",
  checks: [
    {
      id: "firewall-other-ports",
      severity: "high",
      title: "Nothing but Ringfence can be reached from outside",
      fix: "Stop what is not needed, let it listen on 127.0.0.1, or drop its port in the firewall.",
      where: "./ringfence firewall",
      site: true,
      look: ({ config, machine }) =>
        machine?.dropsByDefault === true
          ? []
          : machine?.ports
              .filter((one) => isOpen(one.address) && !isOurs(one, config, addressesOf(machine)))
              .map(written),
    },
    {
      id: "firewall-default-drop",
      severity: "high",
      title: "The kernel drops what nobody asked for",
      fix: "Let a base chain of your own drop what it does not name, beside the table of Ringfence, which judges its own ports only.",
      where: "/etc/nftables.conf",
      site: true,
      look: ({ machine }) => told(machine?.dropsByDefault, "no input chain of the packet filter drops by default"),
    },
    {
      id: "firewall-kernel-bans",
      severity: "medium",
      title: "Bans are put into the kernel",
      fix: "Remove `nftables: off`.",
      where: "defence.kernel.nftables",
      look: ({ config }) => told(config.defence.kernel.nftables !== "off", "defence.kernel.nftables is off"),
    },
    {
      id: "firewall-bans-proven",
      severity: "high",
      title: "A banned packet was shown to be dropped",
      fix: "Start the helper (ringfence-firewall) and load the ruleset; then ask for the proof.",
      where: "./ringfence firewall --prove",
      look: ({ config, running }) => {
        if (running === undefined || config.defence.kernel.nftables === "off") return undefined;
        const { state, why } = running.kernel;
        // The proof is a datagram: where none is listened for, there is nothing to prove it with.
        if (state === "unproven" && !hearsDatagrams(config)) return undefined;
        return told(state === "proven", `the kernel is ${state}: ${why}`);
      },
    },
    {
      id: "firewall-pbx-exposed",
      severity: "critical",
      title: "The PBX itself cannot be reached around Ringfence",
      fix: "Let the PBX listen on an address that only Ringfence reaches, or drop its ports on the outside.",
      where: "pbx.address",
      site: true,
      look: ({ config, machine }) => (machine === undefined ? undefined : pbxAround(config, machine)),
    },
    {
      id: "firewall-pbx-public",
      severity: "high",
      title: "The PBX has no address of the internet",
      fix: "Give it a private address, or let its own firewall take Ringfence alone; then ask from outside: ./ringfence probe.",
      where: "pbx.address",
      site: true,
      look: ({ config, machine }) => pbxOutside(config, machine),
    },
    {
      id: "firewall-trunk-sources",
      severity: "high",
      title: "Trunks are taken from addresses that a carrier has",
      fix: "Write the carrier's own addresses; its documentation lists them.",
      where: "trunks[].from",
      look: ({ config }) =>
        config.trunks.length === 0
          ? undefined
          : config.trunks.flatMap(({ name, from }) =>
              from.filter(isWide).map(({ text }) => `${name} takes calls from ${text}`),
            ),
    },
    {
      id: "firewall-rtp-range",
      severity: "low",
      title: "The range of media ports is no wider than calls need",
      fix: "Four ports a call at one time, and as many that rest.",
      where: "media.ports",
      look: ({ config }) => {
        const { first, last } = config.media.ports;
        const count = last - first + 1;
        return told(count <= mostMediaPorts, `${count} ports are open for media`);
      },
    },
  ],
};

function hearsDatagrams({ phones, trunks }: Config): boolean {
  const listeners = [...phones.listen, ...trunks.flatMap(({ listen }) => listen)];
  return listeners.some(({ transport }) => transport === "udp");
}

function told(holds: boolean | undefined, otherwise: string): readonly string[] | undefined {
  if (holds === undefined) return undefined;
  return holds ? [] : [otherwise];
}

function isOurs({ transport, address, port }: OpenPort, config: Config, addresses: readonly string[]): boolean {
  const { media, metrics, core, admin } = config;
  if (transport === "tcp" && port === shellPort) return true;
  if (transport === "udp" && port >= media.ports.first && port <= media.ports.last) return true;
  const listens = [...config.phones.listen, ...config.trunks.flatMap(({ listen }) => listen)].map((one) => ({
    ...one,
    transport: one.transport === "udp" ? "udp" : "tcp",
  }));
  const others = [metrics.listen, admin?.listen, core.phonesFrom, core.trunksFrom];
  const own = others.flatMap((one) => (one === undefined ? [] : [{ ...one, transport }]));
  // Without `core` the sockets towards the PBX are 5070 and 5080 on an address of the machine.
  const toPbx = [5070, 5080].flatMap((number) => addresses.map((one) => ({ address: one, port: number, transport })));
  return [...listens, ...own, ...toPbx].some(
    (one) => one.transport === transport && one.port === port && serves(one.address, address),
  );
}

function addressesOf({ interfaces }: MachineFacts): readonly string[] {
  return interfaces.map(({ address }) => address);
}

function pbxAround(config: Config, machine: MachineFacts): readonly string[] | undefined {
  const addresses = addressesOf(machine);
  // Of a PBX elsewhere only the probe from outside can tell.
  if (!config.pbx.nodes.some(({ host }) => addresses.includes(host) || !isOpen(host))) return undefined;
  return machine.ports
    .filter((one) => isOpen(one.address) && pbxPorts.has(one.port) && !isOurs(one, config, addresses))
    .map(written);
}

/** What a name stands for nobody asks here; an address of this machine has a question of its own. */
function pbxOutside(config: Config, machine: MachineFacts | undefined): readonly string[] | undefined {
  const here = machine === undefined ? [] : addressesOf(machine);
  const numbers = config.pbx.nodes.filter(({ host }) => parseIp(host) !== undefined && !here.includes(host));
  if (numbers.length === 0) return undefined;
  return numbers
    .filter(({ host }) => !isInside(host))
    .map(({ host }) => `${host} can be reached from everywhere, unless something before it forbids it`);
}

function written({ transport, address, port, program }: OpenPort): string {
  const place = address.includes(":") ? `[${address}]` : address;
  return `${transport} ${place}:${port}${program === "" ? "" : ` (${program})`}`;
}
