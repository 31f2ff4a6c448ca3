/**
 * TLS towards a peer that the configuration names. Threat L9: who it is gets checked before a byte of SIP leaves; a
 * certificate that does not fit ends the connection, with the reason in words.
 */
import { createHash, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity } from "node:tls";
import type { PeerTlsConfig } from "@ringfence/policy";
import { type CertificatePair, CIPHERS } from "./tls-context.ts";

export interface PeerTls extends PeerTlsConfig {
  /** PEM of `ca`, read by who starts us. Undefined: the system's authorities. */
  readonly authorities?: string | undefined;
}

/** RSA key exchange and CBC: what some carriers have and nothing newer. */
const COMPATIBLE = [
  "ECDHE-RSA-AES256-SHA384",
  "ECDHE-RSA-AES128-SHA256",
  "AES256-GCM-SHA384",
  "AES128-GCM-SHA256",
  "AES256-SHA256",
  "AES128-SHA256",
  "AES256-SHA",
  "AES128-SHA",
];

export const plainPeerTls: PeerTls = {
  verify: true,
  ca: undefined,
  pins: [],
  names: [],
  minVersion: "TLSv1.2",
  ciphers: "default",
  clientCertificate: undefined,
};

/** @param host as configured: the name a certificate must carry unless others are listed */
export function peerTlsOptions(tls: PeerTls, host: string, own: CertificatePair | undefined): ConnectionOptions {
  return {
    minVersion: tls.minVersion,
    ciphers: tls.ciphers === "default" ? CIPHERS : [CIPHERS, ...COMPATIBLE].join(":"),
    rejectUnauthorized: tls.verify,
    checkServerIdentity: (_host, certificate) => {
      const names = tls.names.length > 0 ? tls.names : [host];
      const faults = names.map((name) => checkServerIdentity(name, certificate));
      return faults.includes(undefined) ? undefined : faults[0];
    },
    // RFC 6066 §3: an address is no server name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(tls.authorities === undefined ? {} : { ca: tls.authorities }),
    ...(own === undefined ? {} : { cert: own.cert, key: own.key }),
  };
}

/** What the handshake itself did not look at: the key. Undefined: it is one of ours. */
export function pinFault(tls: PeerTls, certificate: X509Certificate | undefined): string | undefined {
  if (tls.pins.length === 0) return undefined;
  if (certificate === undefined) return "the peer showed no certificate";
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  const pin = createHash("sha256").update(key).digest("base64");
  return tls.pins.includes(pin) ? undefined : `the key of the peer is not pinned: ${pin}`;
}
