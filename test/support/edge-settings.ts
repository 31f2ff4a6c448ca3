/** The settings of the scripted world: what `layOut` makes of a file, with addresses that nobody has to have. */
import { isIP } from "node:net";
import { accountBook, type EdgeCore, type Endpoint, stirSettings } from "@ringfence/edge";
import { type Config, compile, loadAccounts, loadRates } from "@ringfence/policy";
import { endpoint, endpoints, siteConfig, type WorldOptions } from "./edge-site.ts";

export type CoreSettings = ConstructorParameters<typeof EdgeCore>[0];

/** @param password of every trunk that has credentials */
export function settingsOf(more: string, options: WorldOptions, password?: string): CoreSettings {
  const config = siteConfig(options, more);
  const accounts = options.accounts === undefined ? undefined : loadAccounts(options.accounts);
  if (accounts?.ok === false) throw new Error(accounts.issues.map((i) => `${i.path}: ${i.message}`).join("\n"));
  const rates = options.rates === undefined ? undefined : loadRates(options.rates);
  if (rates?.ok === false) throw new Error(rates.issues.map((i) => `${i.line}: ${i.message}`).join("\n"));
  const stir = stirSettings(config, {
    authorities: new Map([[config.stir.trust ?? "", options.trust ?? ""]]),
    tls: () => ({ key: options.signingKey ?? "" }),
  });
  return {
    stir,
    countryOf: options.countryOf,
    accounts: accountBook(config, accounts?.accounts),
    config,
    policy: compile(config, { localAddresses: ["203.0.113.1"], rates: rates?.rates }),
    endpoints: [...Object.values(endpoints), ...trunkEndpoints(config)],
    ownHosts: new Set(["203.0.113.1"]),
    pbx: { ...config.pbx, addresses: ["10.0.0.5"] },
    pbxNodes: config.pbx.nodes.map((node) => ({ ...node, transport: "udp" as const, addresses: [node.host] })),
    trunks: config.trunks.map((trunk) => ({
      config: trunk,
      hops: trunk.hosts.map((host, index) => ({ ...host, address: placeOf(host.host, index) })),
      listeners: trunk.listen.map(({ transport, address, port }) => `trunks:${transport}:${address}:${port}`),
      previous: trunk.credentials === undefined ? undefined : options.previous,
      password: trunk.credentials === undefined ? undefined : (password ?? `password-of-${trunk.name}`),
    })),
  };
}

function trunkEndpoints({ trunks }: Config): readonly Endpoint[] {
  const all = trunks.flatMap(({ listen }) => listen).map((l) => endpoint("trunks", l.transport, l.address, l.port));
  return [...new Map(all.map((one) => [one.id, one])).values()];
}

/** Where a name leads in this world. */
function placeOf(host: string, index: number): string {
  return isIP(host) === 0 ? `198.18.0.${index + 1}` : host;
}
