/** DTLS-SRTP as the descriptions say it (RFC 5763, 8122, 8842): whose certificate, and who begins. Pure. */

import type { PeerDtls } from "../sdp/transport-read.ts";
import type { DtlsRole, Fingerprint } from "../transport/transport.ts";

/** The peer of an association. */
export interface DtlsPeer {
  readonly fingerprints: readonly Fingerprint[];
  /** Ours. */
  readonly role: DtlsRole;
}

/**
 * Our answer to an offer: its a=setup is our role, never actpass (RFC 5763 §5). With the choice we are passive, which opens
 * the way through the peer's NAT, and stay what we were as long as the association does (RFC 8842 §5.3).
 */
export function acceptFingerprint(offered: PeerDtls | undefined, standing: DtlsPeer | undefined): DtlsPeer | undefined {
  if (offered === undefined || offered.setup === "holdconn") return undefined;
  const { fingerprints, setup } = offered;
  if (setup === "passive") return { fingerprints, role: "active" };
  const goesOn = setup === "actpass" && standing !== undefined && sameFingerprints(standing.fingerprints, fingerprints);
  return { fingerprints, role: goesOn ? standing.role : "passive" };
}

/** The peer's answer to our actpass: it has to have chosen. */
export function answeredFingerprint(
  answered: PeerDtls | undefined,
  standing: DtlsPeer | undefined,
): DtlsPeer | undefined {
  if (answered?.setup !== "active" && answered?.setup !== "passive") return undefined;
  const { fingerprints, setup } = answered;
  // RFC 8842 §5.4: an association that goes on keeps its roles, whatever word the answer has for them.
  if (standing !== undefined && sameFingerprints(standing.fingerprints, fingerprints)) return standing;
  return { fingerprints, role: setup === "active" ? "passive" : "active" };
}

/** Whether what runs goes on; else there is a new handshake. */
export function sameAssociation(one: DtlsPeer | undefined, other: DtlsPeer | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.role === other.role && sameFingerprints(one.fingerprints, other.fingerprints);
}

function sameFingerprints(one: readonly Fingerprint[], other: readonly Fingerprint[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ hash, value }, index) => {
      const match = other[index];
      return match?.hash === hash && Buffer.compare(match.value, value) === 0;
    })
  );
}

/** `sha-256 AB:CD:...`, as RFC 8122 §5 writes it. */
export function fingerprintText({ hash, value }: Fingerprint): string {
  const pairs: string[] = [];
  for (const octet of value) pairs.push(octet.toString(16).padStart(2, "0").toUpperCase());
  return `${hash} ${pairs.join(":")}`;
}
