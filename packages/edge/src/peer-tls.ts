/** Who a peer must be that speaks TLS with us, as data; `io/peer-check.ts` looks at what it shows. */
import type { PeerTlsConfig } from "@ringfence/policy";

export interface PeerTls extends PeerTlsConfig {
  /** PEM of `ca`, read by who starts us. Undefined: the system's authorities. */
  readonly authorities?: string | undefined;
  /** PEM of each list in `crl`, read by who starts us. */
  readonly revocations?: readonly string[] | undefined;
}

const END_OF_LIST = "-----END X509 CRL-----";

/** The lists of a PEM file, which OpenSSL reads one by one. */
export function revocationLists(pem: string): readonly string[] {
  return pem
    .split(END_OF_LIST)
    .slice(0, -1)
    .map((one) => `${one.trimStart()}${END_OF_LIST}\n`);
}

export const plainPeerTls: PeerTls = {
  verify: true,
  ca: undefined,
  crl: undefined,
  pins: [],
  names: [],
  minVersion: "TLSv1.2",
  ciphers: "default",
  clientCertificate: undefined,
  requireClient: false,
};
