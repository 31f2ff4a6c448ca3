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
  return [...trunkCertificates(trunks, certificates), ...ofPeers(peers, certificates)];
}

/** Without one there is nothing to show a carrier: the one that Ringfence signs itself is for phones at home. */
function trunkCertificates(
  trunks: Config["trunks"],
  certificates: Config["certificates"] | undefined,
): readonly Finding[] {
  return trunks.flatMap(({ listen }, index) =>
    listen.flatMap(({ transport, certificate }, at): readonly Finding[] => {
      const known = certificate !== undefined && (certificates === undefined || certificates.has(certificate));
      if (transport !== "tls" || known) return [];
      return [
        {
          code: "certificate-unknown",
          severity: "error",
          path: ["trunks", index, "listen", at, ...(certificate === undefined ? [] : ["certificate"])],
          message:
            certificate === undefined
              ? "a TLS socket for carriers needs a certificate"
              : `\`certificates\` has no \`${certificate}\``,
          remedy: "add one under `certificates` and name it here",
        },
      ];
    }),
  );
}

function ofPeers(peers: readonly Peer[], certificates: Config["certificates"] | undefined): readonly Finding[] {
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
    if (tls.crl !== undefined && !tls.verify) {
      found.push({
        code: "crl-unused",
        severity: "error",
        path: [...path, "crl"],
        message: `a revoked certificate of ${what} would be taken all the same: \`verify\` is off`,
        remedy: "set `verify: true`, or remove the list",
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
