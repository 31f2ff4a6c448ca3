import { isLoopback } from "../../address.ts";
import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";

/** Passwords cross the wire there, and whoever is let in may do everything. */
export function checkAdmin({ admin, certificates }: Partial<Config>): readonly Finding[] {
  if (admin === undefined) return [];
  const found: Finding[] = [];
  const { listen, certificate, clientCa } = admin;
  if (certificate === undefined && !isLoopback(listen.address)) {
    found.push({
      code: "admin-exposed",
      severity: "error",
      path: ["admin", "listen"],
      message: "console and API would send passwords in clear text over a network",
      remedy: "listen on 127.0.0.1, or name a `certificate`",
    });
  }
  if (certificate !== undefined && certificates !== undefined && !certificates.has(certificate)) {
    found.push({
      code: "certificate-unknown",
      severity: "error",
      path: ["admin", "certificate"],
      message: `\`certificates\` has no \`${certificate}\``,
      remedy: certificates.size > 0 ? `known: ${[...certificates.keys()].join(", ")}` : "add it under `certificates`",
    });
  }
  if (certificate === undefined && clientCa !== undefined) {
    found.push({
      code: "client-ca-unused",
      severity: "error",
      path: ["admin", "client_ca"],
      message: "without TLS nobody shows a certificate",
      remedy: "name a `certificate`, or remove this",
    });
  }
  return found;
}
