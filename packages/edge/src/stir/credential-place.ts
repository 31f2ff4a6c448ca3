/** From the URL in a token to where a certificate may be fetched from (threat L14): listed hosts by HTTPS, nothing else. */
import type { CredentialHost } from "@ringfence/policy";

export interface CredentialPlace {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
  /** Where that host is, as configured; undefined: DNS is asked, and only a public address is taken. */
  readonly address: string | undefined;
  /** Path, as configured, of the authorities for the web server; undefined: the system's. */
  readonly ca: string | undefined;
}

const MAX_URL = 512;

export function credentialPlace(url: string, hosts: readonly CredentialHost[]): CredentialPlace | undefined {
  if (url.length > MAX_URL || !url.startsWith("https://") || !isVisible(url)) return undefined;
  const read = URL.parse(url);
  // A name before an @ is there to be taken for the host.
  if (read === null || read.username !== "" || read.password !== "" || read.hash !== "") return undefined;
  const host = read.hostname.startsWith("[") ? read.hostname.slice(1, -1) : read.hostname;
  const port = read.port === "" ? 443 : Number(read.port);
  const listed = hosts.find((one) => one.host === host && one.port === port);
  if (listed === undefined) return undefined;
  return { url, host, port, path: `${read.pathname}${read.search}`, address: listed.address, ca: listed.ca };
}

function isVisible(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c <= 0x20 || c >= 0x7f || c === 0x5c) return false;
  }
  return true;
}

/** What came of fetching it. `refused`: its address is one that nothing is fetched from. */
export type CredentialAnswer =
  | { readonly ok: true; readonly pem: string; readonly maxAgeMs: number | undefined }
  | { readonly ok: false; readonly why: "refused" | "unreachable"; readonly detail: string };
