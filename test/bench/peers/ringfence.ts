/** Ringfence as the benchmarks start it: one process, its PBX and a trunk on loopback, policy and logs as a site has them. */
import { System } from "../system.ts";

export const caller = { address: "127.0.0.2", port: 15090 };
export const pbx = { address: "127.0.0.3", port: 15070 };

interface Options {
  readonly name?: string;
  /** Lines of YAML in addition. */
  readonly extra?: readonly string[];
  /** Further listeners of phones, as YAML. */
  readonly listen?: readonly string[];
  /** Keys under `phones` in addition, as YAML. */
  readonly phones?: readonly string[];
  /** Of Node.js. */
  readonly flags?: readonly string[];
}

export const entry = { address: "127.0.0.1", port: 15060 };
export const metricsAt = "127.0.0.1:19060";

export function ringfence({
  name = "Ringfence",
  extra = [],
  listen = [],
  phones = [],
  flags = [],
}: Options = {}): System {
  const system = new System(name, entry);
  const udp = `{ transport: udp, address: ${entry.address}, port: ${entry.port} }`;
  const config = system.file(
    "ringfence.yaml",
    [
      `pbx: { address: "${pbx.address}:${pbx.port}", transport: udp }`,
      `phones: { ${['domains: [bench.example.com], media: { srtp: "off" }', ...phones].join(", ")}, listen: [${[udp, ...listen].join(", ")}] }`,
      `core: { phones_from: "127.0.0.1:15080", trunks_from: "127.0.0.4:15080" }`,
      `trunks: [{ name: caller, mode: peer, hosts: [{ uri: "sip:${caller.address}:${caller.port}" }], from: [${caller.address}], media: { srtp: "off" } }]`,
      "media: { ports: 20000-31999 }",
      "policy: { limits: { calls: 5000, calls_per_second: 2000 } }",
      "logs: { level: info }",
      `metrics: { listen: "${metricsAt}" }`,
      `state: { dir: "${system.path("state")}" }`,
      ...extra,
      "",
    ].join("\n"),
  );
  system.start(process.execPath, [...flags, "packages/appliance/src/main.ts", "start", "--config", config]);
  return system;
}
