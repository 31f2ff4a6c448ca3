/** TLS as an edge serves it: 1.2 and 1.3 only, our order of ciphers, no renegotiation (RFC 8446, RFC 9325). */
import type { TlsOptions } from "node:tls";

export interface CertificatePair {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** Forward secrecy and authenticated encryption only; carriers that need more say so on their trunk. */
export const CIPHERS = [
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_GCM_SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
].join(":");

/** A phone on a slow line needs two round trips; nobody needs more time than this, in ms. */
const HANDSHAKE_DEADLINE = 8_000;

/** @param clientAuthorities who may have signed the certificates of callers; with it they are asked for one */
export function serverTlsOptions(pair: CertificatePair, clientAuthorities?: readonly string[]): TlsOptions {
  const asked = clientAuthorities === undefined ? {} : { requestCert: true, rejectUnauthorized: false };
  return { ...contextOptions(pair, clientAuthorities), ...asked, handshakeTimeout: HANDSHAKE_DEADLINE };
}

export function contextOptions(pair: CertificatePair, clientAuthorities?: readonly string[]) {
  return {
    ...(clientAuthorities === undefined ? {} : { ca: [...clientAuthorities] }),
    cert: pair.cert,
    key: pair.key,
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    ciphers: CIPHERS,
    honorCipherOrder: true,
  } as const;
}
