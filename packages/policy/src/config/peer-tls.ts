import { z } from "zod";
import type { PeerTlsConfig } from "./config.ts";
import { domain } from "./endpoint.ts";
import { choice, isOneOf, type LeafReading, quoted, written } from "./leaf.ts";
import { label, path } from "./text.ts";

const base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** RFC 7469 §2.4: base64 of the SHA-256 of the public key (SubjectPublicKeyInfo). */
function pin() {
  return written({ kind: "pin" }, (text): LeafReading<string> => {
    if (text.length === 44 && text.endsWith("=") && isOneOf(text.slice(0, -1), base64)) return { value: text };
    const remedy =
      "write what this prints: openssl x509 -in CERT -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | base64";
    return { problem: `is ${quoted(text)}, which is no SHA-256 of a public key`, remedy };
  });
}

const shared = {
  verify: z.boolean().default(true).meta({
    description:
      "The certificate must be signed by a known authority and carry the name. `false` with a pin: the key alone is compared.",
  }),
  ca: path().optional().meta({ description: "PEM file of the authorities that may sign. Without it: the system's." }),
  crl: path().optional().meta({
    description:
      "PEM file of revocation lists, one of each authority. What they name is refused, and everything once a list has expired.",
  }),
  pin_sha256: z.array(pin()).max(16).prefault([]).meta({
    description:
      "Public keys that are accepted, base64 of their SHA-256. List the next one before it is used. Empty: any.",
  }),
};

export const pbxTls = z
  .strictObject(shared)
  .prefault({})
  .transform(
    (value): PeerTlsConfig => ({
      verify: value.verify,
      ca: value.ca,
      crl: value.crl,
      pins: value.pin_sha256,
      names: [],
      minVersion: "TLSv1.2",
      ciphers: "default",
      clientCertificate: undefined,
      requireClient: false,
    }),
  );

export const trunkTls = z
  .strictObject({
    ...shared,
    names: z.array(domain()).max(16).prefault([]).meta({
      description: "Names of which the certificate must carry one. Empty: the name of the host.",
    }),
    min_version: choice(["TLSv1.2", "TLSv1.3"]).prefault("TLSv1.2").meta({ description: "The oldest TLS spoken." }),
    ciphers: choice(["default", "compatible"]).prefault("default").meta({
      description: "`compatible` adds ciphers without forward secrecy, for carriers that have no others.",
    }),
    require_client: z.boolean().default(false).meta({
      description:
        "The carrier must show a certificate when it calls; it is then heard on a TLS socket of `listen` only.",
    }),
    client_certificate: label().optional().meta({ description: "Name in `certificates`, shown to the carrier." }),
  })
  .prefault({})
  .transform(
    (value): PeerTlsConfig => ({
      verify: value.verify,
      ca: value.ca,
      crl: value.crl,
      pins: value.pin_sha256,
      names: value.names,
      minVersion: value.min_version,
      ciphers: value.ciphers,
      clientCertificate: value.client_certificate,
      requireClient: value.require_client,
    }),
  );
