/** What all transports of a process share: the certificate, the dice for ICE, what handshakes may cost. */
import type { DtlsIdentity } from "../dtls/identity.ts";
import { HandshakeBudget } from "./handshake-budget.ts";
import { MediaTransport } from "./media-transport.ts";
import type { TransportDesk } from "./transport.ts";

/** RFC 8445 §5.3: 64 of them, so an octet gives six bits. */
const iceChars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** @param identity of this run of the process (dtls/identity.ts); undefined: DTLS cannot be had here */
export function createTransportDesk(
  random: (bytes: number) => Uint8Array,
  identity: DtlsIdentity | undefined,
): TransportDesk {
  const budget = new HandshakeBudget();
  const text = (length: number): string =>
    Array.from(random(length), (octet) => iceChars[octet & 0x3f] as string).join("");
  return {
    fingerprint: identity?.fingerprint,
    open: (pair) => new MediaTransport(pair, identity, budget),
    credentials: () => ({ ufrag: text(8), pwd: text(32) }),
  };
}
