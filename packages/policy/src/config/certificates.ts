import { z } from "zod";
import type { CertificateConfig } from "./config.ts";
import { secret } from "./secret.ts";
import { label, path } from "./text.ts";

const certificate = z.strictObject({
  cert: path().meta({ description: "PEM file with the certificate and those between it and the root." }),
  key: secret().meta({ description: "PEM file or variable with the private key." }),
});

export const certificatesSection = z
  .record(label(), certificate)
  .prefault({})
  .transform((value): ReadonlyMap<string, CertificateConfig> => new Map(Object.entries(value)))
  .meta({ description: "Certificates by name, for listeners." });
