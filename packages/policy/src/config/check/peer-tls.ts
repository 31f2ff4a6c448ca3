import type { Config, PeerTlsConfig } from "../config.ts";
import type { Finding, PathStep } from "../yaml-document.ts";

interface Peer {
  readonly tls: PeerTlsConfig;
  readonly used: boolean;
  readonly what: string;
  readonly path: readonly PathStep[];
}

/** Encryption to nobody knows whom keeps no secret from who sits in between. */
export function checkPeerTls({ pbx, trunks = [], certificates }: Partial<Config>): readonly Finding[] {
  const peers: Peer[] = trunks.map(({ name, tls, hosts }, index) => ({
    tls,
    used: hosts.some(({ transport, explicit }) => transport === "tls" || !explicit.transport),
    what: `trunk \`${name}\``,
    path: ["trunks", index, "tls"],
  }));
  if (pbx !== undefined)
    peers.push({ tls: pbx.tls, used: pbx.transport === "tls", what: "the PBX", path: ["pbx", "tls"] });
  return peers.flatMap(({ tls, used, what, path }): readonly Finding[] => {
    const found: Finding[] = [];
    if (used && !tls.verify && tls.pins.length === 0) {
      found.push({
        code: "tls-not-verified",
        severity: "warning",
        path: [...path, "verify"],
        message: `anybody in between could be ${what}`,
        remedy: "set `verify: true`, or add the key as `pin_sha256`",
      });
    }
    const name = tls.clientCertificate;
    if (name !== undefined && certificates !== undefined && !certificates.has(name)) {
      found.push({
        code: "certificate-unknown",
        severity: "error",
        path: [...path, "client_certificate"],
        message: `\`certificates\` has no \`${name}\``,
        remedy: certificates.size > 0 ? `known: ${[...certificates.keys()].join(", ")}` : "add it under `certificates`",
      });
    }
    return found;
  });
}
