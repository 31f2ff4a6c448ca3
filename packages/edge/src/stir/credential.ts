/** The certificate of who signed, and the way from it to an authority that the configuration trusts (RFC 8226 §6). */
import { type KeyObject, X509Certificate } from "node:crypto";
import { type Extensions, readExtensions } from "./extensions.ts";
import type { IdentityOutcome } from "./outcome.ts";
import { readTnAuthList, type TnEntry } from "./tn-auth-list.ts";

export interface Credential {
  readonly key: KeyObject;
  /** When the whole chain is valid, milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly authority: readonly TnEntry[];
}

/** The signer's and those between it and the authority. */
const MAX_CHAIN = 5;
const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** Any text: what stands around the certificates is not looked at. Undefined: none, too many, or one that is broken. */
export function readCertificates(pem: string, most: number): readonly X509Certificate[] | undefined {
  const found: X509Certificate[] = [];
  for (let at = pem.indexOf(BEGIN); at >= 0; at = pem.indexOf(BEGIN, at + 1)) {
    const end = pem.indexOf(END, at);
    if (end < 0 || found.length === most) return undefined;
    const certificate = readCertificate(pem.slice(at, end + END.length));
    if (certificate === undefined) return undefined;
    found.push(certificate);
  }
  return found.length === 0 ? undefined : found;
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** @param pem the signer's certificate first (RFC 7515 §4.1.5), in any order those above it */
export function readCredential(pem: string, trust: readonly X509Certificate[]): Credential | IdentityOutcome {
  const [signer, ...others] = readCertificates(pem, MAX_CHAIN) ?? [];
  const extensions = signer === undefined ? undefined : readExtensions(signer.raw);
  if (signer === undefined || extensions === undefined) return "certificate-unreadable";
  const key = keyOf(signer);
  // RFC 8226 §4: ES256 has one curve. Who may sign certificates signs no calls.
  if (key?.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1")
    return "certificate-key";
  if (signer.ca) return "certificate-key";
  const authority = extensions.tnAuthList === undefined ? undefined : readTnAuthList(extensions.tnAuthList);
  if (authority === undefined) return "certificate-number";
  const above = chainTo(signer, others, trust);
  if (above === undefined) return "certificate-untrusted";
  const all = [signer, ...above];
  return {
    key,
    from: Math.max(...all.map((one) => one.validFromDate.getTime())),
    until: Math.min(...all.map((one) => one.validToDate.getTime())),
    authority,
  };
}

function keyOf(certificate: X509Certificate): KeyObject | undefined {
  try {
    return certificate.publicKey;
  } catch {
    return undefined;
  }
}

/** Those above the signer's, a trusted one last; undefined: no way leads to one. */
function chainTo(
  signer: X509Certificate,
  others: readonly X509Certificate[],
  trust: readonly X509Certificate[],
): readonly X509Certificate[] | undefined {
  const chain: X509Certificate[] = [];
  let below = signer;
  while (chain.length <= MAX_CHAIN) {
    const anchor = trust.find((one) => hasSigned(one, below, chain.length));
    if (anchor !== undefined) return [...chain, anchor];
    const next = others.find((one) => !chain.includes(one) && hasSigned(one, below, chain.length));
    if (next === undefined) return undefined;
    chain.push(next);
    below = next;
  }
  return undefined;
}

/** @param between authorities between `above` and the signer's certificate, which its path length must allow */
function hasSigned(above: X509Certificate, below: X509Certificate, between: number): boolean {
  if (!above.ca || !below.checkIssued(above)) return false;
  const extensions: Extensions | undefined = readExtensions(above.raw);
  if (extensions === undefined || between > (extensions.pathLength ?? MAX_CHAIN)) return false;
  const key = keyOf(above);
  try {
    return key !== undefined && below.verify(key);
  } catch {
    return false;
  }
}
