/** The keys a context is made with: one, or several that the packets tell apart by MKI (RFC 3711 §3.1). */
import { rtpLifetime } from "./lifetime.ts";

export interface MasterKey {
  /** Master key, then master salt: `keyAndSaltLength(suite)` octets, as in `inline:` (RFC 4568 §6.1). */
  readonly keyAndSalt: Uint8Array;
  /** The master key identifier on the wire, 1 to 128 octets (RFC 4568 §6.1). Default: packets carry none. */
  readonly mki?: Uint8Array;
  /** Packets this key may protect, from the lifetime in `a=crypto`. Default and maximum: RFC 3711 §9.2. */
  readonly lifetime?: number;
}

/** A key alone is the common case: no MKI, the RFC's lifetime. */
export type MasterKeys = Uint8Array | MasterKey | readonly MasterKey[];

export const maxMkiLength = 128;
const maxMasterKeys = 16;
const none = new Uint8Array(0);

/** @throws RangeError when MKIs are too long, differ in length, repeat, or are missing beside another key */
export function masterKeys(given: MasterKeys): readonly Required<MasterKey>[] {
  const list = given instanceof Uint8Array ? [{ keyAndSalt: given }] : Array.isArray(given) ? given : [given];
  const keys = list.map(({ keyAndSalt, mki = none, lifetime = rtpLifetime }: MasterKey) => ({
    keyAndSalt,
    mki,
    lifetime,
  }));
  const problem = problemWith(keys.map(({ mki }) => mki));
  if (problem !== undefined) throw new RangeError(problem);
  return keys;
}

function problemWith(mkis: readonly Uint8Array[]): string | undefined {
  const [first] = mkis;
  if (first === undefined || mkis.length > maxMasterKeys) return `a context has 1 to ${maxMasterKeys} master keys`;
  if (mkis.length > 1 && first.length === 0) return "several master keys need an MKI each";
  if (first.length > maxMkiLength) return `an MKI has at most ${maxMkiLength} octets`;
  if (mkis.some((mki) => mki.length !== first.length)) return "the MKIs of a context have one length";
  const different = new Set(mkis.map((mki) => Buffer.from(mki).toString("hex")));
  return different.size === mkis.length ? undefined : "two master keys have the same MKI";
}
