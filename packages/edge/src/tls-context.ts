/** TLS as an edge serves it: 1.2 and 1.3 only, our order of ciphers, no renegotiation (RFC 8446, RFC 9325). */
import { constants } from "node:crypto";
import type { SecureContextOptions, TlsOptions } from "node:tls";
import type { PeerTls } from "./peer-tls.ts";

export interface CertificatePair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** Forward secrecy and authenticated encryption only; carriers that need more say so on their trunk. */
const CIPHERS = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
];

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

export function cipherList(which: PeerTls["ciphers"]): string {
  return (which === "default" ? CIPHERS : [...CIPHERS, ...COMPATIBLE]).join(":");
}

/** A phone on a slow line needs two round trips; nobody needs more time than this, in ms. */
const HANDSHAKE_DEADLINE = 8_000;

/** @param peer a carrier with terms of its own; without it phones are served */
export function serverTlsOptions(pair: CertificatePair, peer?: PeerTls): TlsOptions {
  const asked = peer?.requireClient === true ? { requestCert: true, rejectUnauthorized: false } : {};
  return { ...contextOptions(pair, peer), ...asked, handshakeTimeout: HANDSHAKE_DEADLINE };
}

export function contextOptions(pair: CertificatePair, peer?: PeerTls): SecureContextOptions {
  return {
    ...(peer?.requireClient === true ? { ...trust(peer), secureOptions: constants.SSL_OP_NO_TICKET } : {}),
    cert: pair.cert,
    key: pair.key,
    minVersion: peer?.minVersion ?? "TLSv1.2",
    maxVersion: "TLSv1.3",
    ciphers: cipherList(peer?.ciphers ?? "default"),
    honorCipherOrder: true,
  };
}

/** Who may have signed the peer's certificate, and what was taken back. A ticket would outlive both. */
export function trust({ authorities, revocations }: PeerTls): SecureContextOptions {
  return {
    ...(authorities === undefined ? {} : { ca: authorities }),
    ...(revocations === undefined ? {} : { crl: [...revocations] }),
  };
}
