import { isLoopback } from "../../address.ts";
import type { Config } from "../config.ts";
import type { Finding } from "../yaml-document.ts";

/** What leaves this machine says who called whom. */
export function checkLogs({ logs, certificates }: Partial<Config>): readonly Finding[] {
  const { syslog } = logs ?? {};
  if (syslog === undefined) return [];
  const { url, certificate, ca } = syslog;
  const found: Finding[] = [];
  if (url.transport !== "tls" && !isLoopback(url.host)) {
    found.push({
      code: "log-unencrypted",
      severity: "warning",
      path: ["logs", "syslog", "url"],
      message: `everybody on the way to ${url.host} can read who calls whom`,
      remedy: "use tls://, or a tunnel and an address of it",
    });
  }
  if (url.transport !== "tls" && (certificate !== undefined || ca !== undefined)) {
    found.push({
      code: "certificate-unused",
      severity: "warning",
      path: ["logs", "syslog", certificate === undefined ? "ca" : "certificate"],
      message: `${url.transport} shows and checks no certificate`,
      remedy: "use tls://, or remove the key",
    });
  }
  if (certificate !== undefined && certificates !== undefined && !certificates.has(certificate)) {
    found.push({
      code: "certificate-unknown",
      severity: "error",
      path: ["logs", "syslog", "certificate"],
      message: `\`certificates\` has no \`${certificate}\``,
      remedy: certificates.size > 0 ? `known: ${[...certificates.keys()].join(", ")}` : "add it under `certificates`",
    });
  }
  return found;
}
