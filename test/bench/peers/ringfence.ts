/** Ringfence as the benchmarks start it: one process, its PBX and a trunk on loopback, policy and logs as a site has them. */
import { here, type Placed } from "../load/generator.ts";
import { System } from "../system.ts";
import { type Site, theSite } from "./site.ts";

interface Options {
  readonly name?: string;
  readonly site?: Site;
  /** What stands under `media` of the trunk. */
  readonly trunkMedia?: string;
  /** Lines of YAML in addition. */
  readonly extra?: readonly string[];
  /** Further listeners of phones, as YAML. */
  readonly listen?: readonly string[];
  /** Keys under `phones` in addition, as YAML. */
  readonly phones?: readonly string[];
  /** To be looked into: profiles, collections of garbage. */
  readonly inspected?: boolean;
  /** What stands under `media`. */
  readonly media?: string;
  /** What stands under `logs`. */
  readonly logs?: string;
  /** Where it runs. */
  readonly placed?: Placed;
}

/** Its log, in the system's folder. */
export const logFile = "ringfence.log";

export function ringfence({
  name = "Ringfence",
  site = theSite,
  trunkMedia = 'srtp: "off"',
  extra = [],
  listen = [],
  phones = [],
  inspected = false,
  media = "ports: 20000-31999",
  logs = "level: info",
  placed = here,
}: Options = {}): System {
  const { entry, pbx, caller, core, metrics, inspector } = site;
  const system = new System(name, entry);
  const udp = `{ transport: udp, address: ${entry.address}, port: ${entry.port} }`;
  const trunk = `hosts: [{ uri: "sip:${caller.address}:${caller.port}" }], from: [${caller.address}], media: { ${trunkMedia} }`;
  const config = system.file(
    "ringfence.yaml",
    [
      `pbx: { address: "${pbx.address}:${pbx.port}", transport: udp }`,
      `phones: { ${['domains: [bench.example.com], media: { srtp: "off" }', ...phones].join(", ")}, listen: [${[udp, ...listen].join(", ")}] }`,
      `core: { phones_from: "${core[0].address}:${core[0].port}", trunks_from: "${core[1].address}:${core[1].port}" }`,
      `trunks: [{ name: caller, mode: peer, ${trunk} }]`,
      `media: { ${media} }`,
      "policy: { limits: { calls: 5000, calls_per_second: 2000, calls_per_account: 3000 } }",
      `logs: { ${logs} }`,
      `metrics: { listen: "${metrics}" }`,
      `state: { dir: "${system.path("state")}" }`,
      ...extra,
      "",
    ].join("\n"),
  );
  // As `./ringfence start` does.
  const flags = ["--use-largepages=silent", ...(inspected ? [`--inspect=${inspector}`] : [])];
  const args = [...flags, "packages/appliance/src/main.ts", "start", "--config", config];
  system.start(...placed(process.execPath, args), placed === here ? undefined : system.path(logFile));
  return system;
}
