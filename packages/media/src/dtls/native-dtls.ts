/** The addon's DTLS as it is (native/dtls-binding.cc). Only identity.ts speaks to it. */
import { loadNative } from "@ringfence/native";

/** Opaque: made there, handed back there. */
export type NativeIdentity = { readonly __identity: never };
export type NativeAssociation = { readonly __association: never };

/** [state, failure, 1 when a flight of ours awaits its answer, datagrams to send ...] */
export type NativeStep = readonly [number, number, number, ...Uint8Array[]];

export interface NativeDtls {
  createIdentity(): NativeIdentity | undefined;
  certificate(identity: NativeIdentity): Uint8Array;
  open(
    identity: NativeIdentity,
    active: boolean,
    profiles: string,
    fingerprints: readonly (string | Uint8Array)[],
  ): NativeAssociation | undefined;
  begin(association: NativeAssociation): NativeStep;
  receive(association: NativeAssociation, datagram: Uint8Array): NativeStep;
  retransmit(association: NativeAssociation): NativeStep;
  close(association: NativeAssociation): NativeStep;
  keys(association: NativeAssociation): readonly [number, Uint8Array] | undefined;
}

/** undefined where the addon could not be built: DTLS is then refused, never done badly. */
export function loadDtls(): NativeDtls | undefined {
  const native = loadNative();
  const dtls = native.loaded ? native.exports.dtls : undefined;
  return dtls === undefined ? undefined : (dtls as NativeDtls);
}
