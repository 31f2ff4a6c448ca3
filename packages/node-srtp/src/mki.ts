/**
 * Hot path. The master key identifier in a packet, RFC 3711 §3.1: before the tag, and not part of what is authenticated, so the ciphers never
 * see it. In GCM the tag belongs to the ciphertext (RFC 7714 §8.2, §9.2), and the MKI is the end of the packet.
 */
import type { SuiteProfile } from "./profile.ts";

/** Octets behind the MKI. */
export function behindMki(profile: SuiteProfile, tagLength: number): number {
  return profile.mode === "gcm" ? 0 : tagLength;
}

/** Puts the MKI before the last `behind` of `length` octets; the caller has checked that there is room. Returns the new length. */
export function insertMki(packet: Buffer, length: number, behind: number, mki: Uint8Array): number {
  if (mki.length === 0) return length;
  packet.copyWithin(length - behind + mki.length, length - behind, length);
  packet.set(mki, length - behind);
  return length + mki.length;
}

/** Takes it out again. Returns the length without it. */
export function removeMki(packet: Buffer, length: number, behind: number, mkiLength: number): number {
  if (mkiLength > 0) packet.copyWithin(length - behind - mkiLength, length - behind, length);
  return length - mkiLength;
}
