/** Who a peer must be that speaks TLS with us, as data; `io/peer-check.ts` looks at what it shows. */
import type { PeerTlsConfig } from "@ringfence/policy";

export interface PeerTls extends PeerTlsConfig {
  /** PEM of `ca`, read by who starts us. Undefined: the system's authorities. */
  readonly authorities?: string | undefined;
}

export const plainPeerTls: PeerTls = {
  verify: true,
  ca: undefined,
  pins: [],
  names: [],
  minVersion: "TLSv1.2",
  ciphers: "default",
  clientCertificate: undefined,
  requireClient: false,
};
