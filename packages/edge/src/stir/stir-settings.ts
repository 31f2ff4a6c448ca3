/** The part of the configuration that STIR needs, with keys and certificates as objects. */
import { createPrivateKey, type X509Certificate } from "node:crypto";
import { type Config, numberMatcher } from "@ringfence/policy";
import { readCertificates } from "./credential.ts";
import type { Signer } from "./sign.ts";

export interface StirSettings {
  readonly trust: readonly X509Certificate[];
  readonly signer: Signer | undefined;
  /** PEM by path as configured. */
  readonly authorities: ReadonlyMap<string, string>;
  /** Whether a number, in canonical digits, is ours. */
  readonly owns: (number: string) => boolean;
}

const MAX_AUTHORITIES = 1_000;
/** A pattern of `did` that is shorter than this says which extensions are called, and not whose a number is. */
const SHORTEST_OWN = 6;

/** What somebody else has read: PEM by path as configured, and certificates by name. */
interface Material {
  readonly authorities?: ReadonlyMap<string, string> | undefined;
  readonly tls: (name: string) => { readonly key: string | Buffer };
}

export function stirSettings({ stir, trunks }: Config, { authorities, tls }: Material): StirSettings {
  const { sign } = stir;
  const dids = trunks.flatMap(({ inbound }) => inbound.did).filter((pattern) => fixedDigits(pattern) >= SHORTEST_OWN);
  const matchers = [...(sign?.numbers ?? []), ...dids].map(numberMatcher);
  const trust = authorities?.get(stir.trust ?? "") ?? "";
  return {
    trust: readCertificates(trust, MAX_AUTHORITIES) ?? [],
    signer: sign && { key: createPrivateKey(tls(sign.certificate).key), x5u: sign.x5u },
    authorities: authorities ?? new Map(),
    owns: (number) => matchers.some((matches) => matches(number)),
  };
}

function fixedDigits(pattern: string): number {
  const body = pattern.startsWith("+") ? pattern.slice(1) : pattern;
  const open = [...body].findIndex((character) => character === "?" || character === "*");
  return open < 0 ? body.length : open;
}
