import { z } from "zod";
import type { SecretSource } from "./config.ts";
import { domain } from "./endpoint.ts";
import { secret } from "./secret.ts";
import { label, mailAddress, path } from "./text.ts";

export interface CertificateConfig {
  readonly cert: string;
  readonly key: SecretSource;
  /** certbot renews it; then the key is a file. */
  readonly acme?: AcmeConfig | undefined;
}

export interface AcmeConfig {
  /** Lower case; never empty. */
  readonly domains: readonly string[];
  readonly email: string | undefined;
  /** Of certbot's lineage. */
  readonly name: string;
}

const acme = z.strictObject({
  domains: z.array(domain()).min(1).max(100).meta({ description: "Names that the certificate stands for." }),
  email: mailAddress().optional().meta({ description: "Who is told by the authority when something is wrong." }),
  name: label()
    .optional()
    .meta({ description: "What certbot calls it (--cert-name). Without it: as it is called here." }),
});

const certificate = z.strictObject({
  cert: path().optional().meta({
    description:
      "PEM file with the certificate and those between it and the root. Required without `acme`; with it `certificates/NAME.pem`.",
  }),
  key: secret().optional().meta({
    description:
      "PEM file or variable with the private key. Required without `acme`; with it a file, `certificates/NAME.key`.",
  }),
  acme: acme.optional().meta({
    description:
      "certbot fetches and renews it: `ringfence certificates` shows with which command. What it brings is checked, put into place and taken over.",
  }),
});

type Written = z.output<typeof certificate>;

export const certificatesSection = z
  .record(label(), certificate)
  .prefault({})
  .transform((value, context): ReadonlyMap<string, CertificateConfig> => {
    const made = new Map<string, CertificateConfig>();
    for (const [name, one] of Object.entries(value)) {
      const fault = faultOf(one);
      if (fault === undefined) made.set(name, placed(name, one));
      else context.addIssue({ code: "custom", path: [name, fault.key], message: fault.message, params: fault });
    }
    return made;
  })
  .meta({ description: "Certificates by name, for listeners." });

function faultOf({ cert, key, acme: renewed }: Written) {
  if (renewed === undefined) {
    const missing = cert === undefined ? "cert" : "key";
    if (cert !== undefined && key !== undefined) return undefined;
    const remedy = "name the PEM file, or let certbot fetch one: `acme: { domains: [sip.example.com] }`";
    return { key: missing, code: "missing-key", message: `\`${missing}\` is missing`, remedy };
  }
  if (key === undefined || key.kind === "file") return undefined;
  const remedy = "write `{ file: PATH }`, or leave `key` out";
  return { key: "key", code: "bad-value", message: "a renewed key can be put into a file only", remedy };
}

/** Where it lies unless the file says otherwise: in a folder beside the configuration file. */
function placed(name: string, { cert, key, acme: renewed }: Written): CertificateConfig {
  const made = { cert: cert ?? `certificates/${name}.pem`, key: key ?? fileNamed(`certificates/${name}.key`) };
  if (renewed === undefined) return made;
  const asked: AcmeConfig = { domains: renewed.domains, email: renewed.email, name: renewed.name ?? name };
  return { ...made, acme: asked };
}

function fileNamed(place: string) {
  return { kind: "file", path: place } as const;
}
