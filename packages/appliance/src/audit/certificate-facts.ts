/** What an audit asks of certificates: of those that listeners show, and of the signer's. */
import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { readCertificates } from "@ringfence/edge";
import type { CertificateFacts } from "@ringfence/grade";
import { usesTls } from "@ringfence/policy";
import type { Loaded } from "../loading.ts";

const mostInChain = 100;
/** How the report names the one that Ringfence made. */
const ownName = "(made by ourselves)";

export function certificateFacts({ file, certificates }: Loaded): readonly CertificateFacts[] {
  const { phones, trunks } = file.config;
  const listeners = [...phones.listen, ...trunks.flatMap(({ listen }) => listen)];
  const names = new Set(listeners.filter(({ transport }) => usesTls(transport)).map(({ certificate }) => certificate));
  return [...names].map((name) => factsOf(name, certificates.tls(name).cert, phones.domains));
}

function factsOf(name: string | undefined, pem: string, domains: readonly string[]): CertificateFacts {
  // A check makes no certificate of its own: there is nothing to read then, and it is signed by itself anyway.
  if (pem === "") return { ...nothing, name: ownName };
  const chain = readCertificates(pem, mostInChain) ?? [];
  const leaf = new X509Certificate(pem);
  const { asymmetricKeyType, asymmetricKeyDetails } = leaf.publicKey;
  return {
    name: name ?? ownName,
    notAfter: leaf.validToDate.getTime(),
    selfSigned: leaf.checkIssued(leaf),
    key: asymmetricKeyType === "rsa" || asymmetricKeyType === "ec" ? asymmetricKeyType : "other",
    bits: asymmetricKeyDetails?.modulusLength ?? 0,
    chain: Math.max(1, chain.length),
    missingNames: domains.filter((domain) => !standsFor(leaf, domain)),
  };
}

/** A domain may be an address: a site without DNS has no other. */
function standsFor(leaf: X509Certificate, domain: string): boolean {
  return (isIP(domain) === 0 ? leaf.checkHost(domain) : leaf.checkIP(domain)) !== undefined;
}

const nothing: CertificateFacts = {
  name: "",
  notAfter: Number.POSITIVE_INFINITY,
  selfSigned: true,
  key: "ec",
  bits: 256,
  chain: 1,
  missingNames: [],
};
