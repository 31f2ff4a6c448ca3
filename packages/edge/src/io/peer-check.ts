/**
 * TLS with a peer that the configuration names. Threat L9: who it is gets checked before a byte of SIP passes; a certificate
 * that does not fit ends the connection, with the reason in words.
 */
import { createHash, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { type ConnectionOptions, checkServerIdentity, type PeerCertificate, type TLSSocket } from "node:tls";
import type { PeerTls } from "../peer-tls.ts";
import { type CertificatePair, cipherList, trust } from "../tls-context.ts";

/** @param host as configured: the name a certificate must carry unless others are listed */
export function peerTlsOptions(tls: PeerTls, host: string, own: CertificatePair | undefined): ConnectionOptions {
  return {
    minVersion: tls.minVersion,
    ciphers: cipherList(tls.ciphers),
    rejectUnauthorized: tls.verify,
    checkServerIdentity: (_host, certificate) => {
      const names = tls.names.length > 0 ? tls.names : [host];
      const faults = names.map((name) => nameFault(name, certificate));
      return faults.includes(undefined) ? undefined : faults[0];
    },
    // RFC 6066 §3: an address is no server name.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...trust(tls),
    ...(own === undefined ? {} : { cert: own.cert, key: own.key }),
  };
}

/**
 * RFC 5922 §7.1: a SIP domain stands in a certificate as `sip:` URI or as DNS name. Wildcards of DNS names count, other than
 * §7.2 wants: carriers use them. A value with anything odd in it is quoted there, so it equals no name of ours.
 */
function nameFault(name: string, certificate: PeerCertificate): Error | undefined {
  const entries = certificate.subjectaltname?.split(", ") ?? [];
  const asUri = entries.some((entry) => entry.toLowerCase() === `uri:sip:${name}`);
  return asUri ? undefined : checkServerIdentity(name, certificate);
}

/** What the handshake itself did not look at: the key. Undefined: it is one of ours. */
export function pinFault(tls: PeerTls, certificate: X509Certificate | undefined): string | undefined {
  if (tls.pins.length === 0) return undefined;
  if (certificate === undefined) return "the peer showed no certificate";
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  const pin = createHash("sha256").update(key).digest("base64");
  return tls.pins.includes(pin) ? undefined : `the key of the peer is not pinned: ${pin}`;
}

/** What is wrong with a peer that came to us and must show a certificate. Undefined: it is the carrier. */
export function callerFault(tls: PeerTls, hosts: readonly string[], socket: TLSSocket): string | undefined {
  if (socket.getPeerX509Certificate() === undefined) return "the carrier showed no certificate";
  if (tls.verify && !socket.authorized) return String(socket.authorizationError);
  const certificate = socket.getPeerCertificate();
  const names = tls.names.length > 0 ? tls.names : hosts;
  const named = !tls.verify || names.some((name) => nameFault(name, certificate) === undefined);
  return named ? pinFault(tls, socket.getPeerX509Certificate()) : "the certificate carries none of the trunk's names";
}
