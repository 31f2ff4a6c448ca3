import { type Config, loadConfig } from "@ringfence/policy";

export const phoneDomain = "pbx.example.com";

const base = `
pbx:
  address: 10.0.0.5:5060
  transport: udp
phones:
  domains: [${phoneDomain}]
  listen: [{ transport: udp, address: 203.0.113.1, port: 5060 }]
  media: { srtp: optional }
core:
  phones_from: 10.0.0.2:5060
  trunks_from: 10.0.0.3:5060
trunks:
  - name: carrier
    mode: peer
    hosts: [{ uri: "sip:198.51.100.7" }]
    from: [198.51.100.7]
`;

const configs = new Map<string, Config>();

/** The configuration of an EdgeWorld with more sections. Read once: a test may build thousands of worlds on one text. */
export function edgeConfig(more: string): Config {
  const known = configs.get(more);
  if (known !== undefined) return known;
  const loaded = loadConfig(`${base}${more}`);
  if (!loaded.ok) throw new Error(loaded.issues.map((i) => `${i.severity} ${i.path}: ${i.message}`).join("\n"));
  configs.set(more, loaded.config);
  return loaded.config;
}
