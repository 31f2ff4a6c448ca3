/** The demo's configuration file: written at every start, read like any other. */

export interface DemoPlan {
  /** Address that phones dial. */
  readonly address: string;
  /** UDP and TCP; TLS is one above. */
  readonly sipPort: number;
  readonly pbxPort: number;
  readonly phonesFromPort: number;
  readonly trunksFromPort: number;
  readonly metricsPort: number;
  readonly adminPort: number;
  readonly media: { readonly first: number; readonly last: number };
  readonly stateDir: string;
}

export function demoConfig(plan: DemoPlan): string {
  const domains = [...new Set([plan.address, "localhost", "127.0.0.1"])];
  return `# The demo's configuration, written again by every ./ringfence start without --config.
# A starting point for a real one: copy it, set pbx.address to your PBX, and put your domain first.
pbx:
  address: 127.0.0.1:${plan.pbxPort}
  transport: udp
phones:
  domains: [${domains.map((domain) => JSON.stringify(domain)).join(", ")}]
  listen:
    - { transport: udp, address: 0.0.0.0, port: ${plan.sipPort} }
    - { transport: tcp, address: 0.0.0.0, port: ${plan.sipPort} }
    - { transport: tls, address: 0.0.0.0, port: ${plan.sipPort + 1} }
  media: { srtp: optional }
core:
  phones_from: 127.0.0.1:${plan.phonesFromPort}
  trunks_from: 127.0.0.2:${plan.trunksFromPort}
media:
  ports: ${plan.media.first}-${plan.media.last}
policy:
  limits: { calls: 50 }
metrics:
  listen: 127.0.0.1:${plan.metricsPort}
admin:
  listen: 127.0.0.1:${plan.adminPort}
state:
  dir: ${JSON.stringify(plan.stateDir)}
`;
}
