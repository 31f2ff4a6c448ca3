/**
 * The packet filter's rules for one configuration. They judge packets for Ringfence's own ports and no others, and nothing in them is
 * stricter than Ringfence itself (docs/decisions/0016): whoever calls for help is heard.
 */
import { createHash } from "node:crypto";
import type { Config } from "@ringfence/policy";
import { type Block, blockOf } from "./block.ts";
import { madeFromPrefix, table } from "./nft-text.ts";
import { dropCounters } from "./protocol.ts";
import { type Port, type Served, servedBy, sparedBy } from "./served.ts";

export interface Ruleset {
  readonly text: string;
  /** Of the rules: two configurations that ask the same of the packet filter have one. */
  readonly madeFrom: string;
}

/** A million sources would not fit: what finds no room is judged by Ringfence alone. */
const mostSources = 65_536;
const mostBans = 32_768;
/** Where phones registered Ringfence lets ten times `packets_per_second` through; this filter does not know where that is. */
const rateFactor = 10;
const burstSeconds = 5;
/** Twice what Ringfence allows, so that it is Ringfence that decides: new connections a second, connections of a banned source. */
const connectsPerSecond = 20;
const bannedConnections = 4;
/** What a call for help begins with, as 56 bits: "INVITE ". */
const noCall = "@th,64,56 != 0x494e5649544520";
const net64 = "ip6 saddr & ffff:ffff:ffff:ffff::";
const net48 = "ip6 saddr & ffff:ffff:ffff::";

/** @param name of the file, for its first line */
export function ruleset(config: Config, name: string): Ruleset {
  const served = servedBy(config);
  const rules = [...declared(config), ...chains(config, served)].join("\n");
  const madeFrom = createHash("sha256").update(rules).digest("hex").slice(0, 12);
  return {
    madeFrom,
    text: `${head(name, served)}\n${around(`\tcounter ${madeFromPrefix}${madeFrom} { }\n${rules}`)}\n`,
  };
}

function head(name: string, { unknown }: Served): string {
  const lines = [
    `Made by \`./ringfence firewall --config ${name}\`. Make it anew when the configuration changes; docs/defence.md says how it is used.`,
    "It judges packets for Ringfence's own ports and leaves all others alone: it neither opens nor closes ssh. It accepts nothing on",
    "behalf of other tables: what those drop stays dropped. Loading it again empties the bans; Ringfence puts them back.",
    ...unknown,
  ];
  return lines.map((line) => `# ${line}`).join("\n");
}

/** The first two lines take an older one away in the same transaction. */
function around(inside: string): string {
  return `table ${table}\ndelete table ${table}\ntable ${table} {\n${inside}\n}`;
}

function declared(config: Config): readonly string[] {
  const dynamic = (name: string, type: string, extra: string): string =>
    `\tset ${name} { type ${type}; size ${mostSources}; flags dynamic${extra}; }`;
  const denied = config.defence.deny.flatMap((cidr) => blockOf(cidr) ?? []);
  const bySource = ["4", "6"].flatMap((family) => {
    const type = `ipv${family}_addr`;
    return [
      dynamic(`rate${family}`, type, ",timeout; timeout 1m"),
      dynamic(`connecting${family}`, type, ",timeout; timeout 1m"),
      dynamic(`connections${family}`, type, ""),
      dynamic(`held${family}`, type, ""),
    ];
  });
  return [
    ...dropCounters.map((name) => `\tcounter ${name} { }`),
    ...[
      ["banned4", "ipv4_addr"],
      ["banned64", "ipv6_addr"],
      ["banned48", "ipv6_addr"],
    ].map(([name, type]) => `\tset ${name} { type ${type}; size ${mostBans}; flags timeout; }`),
    ...blocks("denied", denied),
    ...blocks("spared", sparedBy(config)),
    ...bySource,
  ];
}

function blocks(name: string, list: readonly Block[]): readonly string[] {
  return ([4, 6] as const).map((family) => {
    const elements = textsOf(list, family);
    const filled = elements.length === 0 ? "" : ` elements = { ${elements.join(", ")} };`;
    return `\tset ${name}${family} { type ipv${family}_addr; flags interval; auto-merge;${filled} }`;
  });
}

function textsOf(list: readonly Block[], family: 4 | 6): readonly string[] {
  return [...new Set(list.filter((block) => block.family === family).map(({ text }) => text))];
}

function chains(config: Config, served: Served): readonly string[] {
  const reserved = served.reserved.map((port, index) => ({ ...port, chain: `only_${index}` }));
  const to = [
    ...elsewhere(config, served),
    ...reserved.map((port) => `${at(port, "d")} goto ${port.chain}`),
    ...served.phones.map((port) => `${at(port, "d")} goto phones_${port.protocol}`),
  ];
  return [
    ...untracked(config, served),
    ...chain("input", ["type filter hook input priority filter; policy accept;", ...to]),
    ...reserved.flatMap((port) => [`\t# ${port.for}`, ...chain(port.chain, only(port.sources))]),
    ...chain("phones_udp", [...known, ...overUdp(config)]),
    ...chain("phones_tcp", [...known, ...overTcp(config)]),
  ];
}

function chain(name: string, rules: readonly string[]): readonly string[] {
  return [`\tchain ${name} {`, ...rules.map((rule) => `\t\t${rule}`), "\t}"];
}

/** Packets of the port, by its address or that of its family. `d`: to it. `s`: from it. */
function at({ address, family, protocol, port }: Port, end: "d" | "s"): string {
  return `${addressed(address, family, end)} ${protocol} ${end}port ${port}`;
}

function addressed(address: string, family: 4 | 6, end: "d" | "s"): string {
  if (address === "0.0.0.0" || address === "::") return `meta nfproto ipv${family}`;
  return `${family === 4 ? "ip" : "ip6"} ${end}addr ${address}`;
}

/**
 * Neither sound nor datagrams of strangers fill the table of connections, which the rest of the machine needs. Sound has no other
 * rule: which source belongs to which call is known to Ringfence alone, and a banned caller for help is to be heard.
 */
function untracked({ media }: Config, served: Served): readonly string[] {
  const both = (["d", "s"] as const).map((end) => {
    const { address, family, first, last } = served.media;
    const sound = `${addressed(address, family, end)} udp ${end}port ${first}-${last} notrack`;
    const phones = served.phones.filter(({ protocol }) => protocol === "udp").map((port) => `${at(port, end)} notrack`);
    return [...(typeof media.engine === "object" ? [] : [sound]), ...phones];
  });
  return [
    ...chain("untracked_in", ["type filter hook prerouting priority raw; policy accept;", ...(both[0] ?? [])]),
    ...chain("untracked_out", ["type filter hook output priority raw; policy accept;", ...(both[1] ?? [])]),
  ];
}

/**
 * The kernel takes a packet for any of its addresses from any interface. On the carrier's own network nobody else is; on another, who sends
 * to that address with the carrier's as source is somebody who forged it.
 */
function elsewhere({ media }: Config, { bound, reserved, media: { first, last } }: Served): readonly string[] {
  return bound.flatMap(({ address, family, interface: name }) => {
    const over = `iifname != { "lo", "${name}" } counter name stranger drop`;
    const own = reserved.filter((port) => port.address === address).map((port) => `${at(port, "d")} ${over}`);
    const sound = `${addressed(address, family, "d")} udp dport ${first}-${last} ${over}`;
    return [...own, ...(typeof media.engine === "object" ? [] : [sound])];
  });
}

/** `deny` is stronger than everything else. */
const refused = ["ip saddr @denied4 counter name denied drop", "ip6 saddr @denied6 counter name denied drop"];
const known = [...refused, "ip saddr @spared4 accept", "ip6 saddr @spared6 accept"];

function only(sources: readonly Block[]): readonly string[] {
  const accepted = ([4, 6] as const).flatMap((family) => {
    const texts = textsOf(sources, family);
    return texts.length === 0 ? [] : [`${family === 4 ? "ip" : "ip6"} saddr { ${texts.join(", ")} } accept`];
  });
  return [...refused, ...accepted, "counter name stranger drop"];
}

/** In shadow what would be dropped is counted. */
function verdict({ defence }: Config): string {
  return defence.mode === "shadow" ? "accept" : "drop";
}

function overUdp(config: Config): readonly string[] {
  const rate = config.defence.source.packetsPerSecond * rateFactor;
  const over = `limit rate over ${rate}/second burst ${rate * burstSeconds} packets } counter name over_rate ${verdict(config)}`;
  const banned = `${noCall} counter name banned ${verdict(config)}`;
  return [
    `ip saddr @banned4 ${banned}`,
    `${net64} @banned64 ${banned}`,
    `${net48} @banned48 ${banned}`,
    `update @rate4 { ip saddr ${over}`,
    `update @rate6 { ${net64} ${over}`,
  ];
}

function overTcp(config: Config): readonly string[] {
  const most = config.defence.source.connections * 2;
  const burst = Math.max(2 * most, 5 * connectsPerSecond);
  const held = `ct count over ${bannedConnections} } counter name banned ${verdict(config)}`;
  const connecting = `limit rate over ${connectsPerSecond}/second burst ${burst} packets } counter name over_rate ${verdict(config)}`;
  // The number of connections holds in shadow too, as in Ringfence.
  const connections = `ct count over ${most} } counter name over_rate drop`;
  return [
    "ct state established,related accept",
    `ip saddr @banned4 add @held4 { ip saddr ${held}`,
    `${net64} @banned64 add @held6 { ${net64} ${held}`,
    `${net48} @banned48 add @held6 { ${net48} ${held}`,
    `update @connecting4 { ip saddr ${connecting}`,
    `update @connecting6 { ${net64} ${connecting}`,
    `add @connections4 { ip saddr ${connections}`,
    `add @connections6 { ${net64} ${connections}`,
  ];
}
