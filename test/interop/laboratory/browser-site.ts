/** What Ringfence needs for phones in browsers: a WSS listener with a certificate, and the page's origin on its list. */
import { writeFileSync } from "node:fs";
import { makeCertificate } from "../../support/certificates.ts";
import { pageOrigin } from "./chromium.ts";
import { addresses, type Laboratory } from "./laboratory.ts";
import { passwords } from "./pbx.ts";
import { config } from "./ringfence.ts";

export interface BrowserSite {
  readonly config: string;
  /** What Chromium is told to take for right. */
  readonly pin: string;
}

/** For `phones` below: Ringfence asks for the password itself. */
export const edgeAuthentication = "authentication: edge\n  accounts: { file: accounts.yaml }";

/** What pages may key their media by: `sdes` for those that only signal (browser/description.ts). */
export type PageKeying = "sdes" | "dtls";

/** @param phones more of that section, indented by two */
export async function browserSite(
  laboratory: Laboratory,
  phones = "",
  keying: PageKeying = "sdes",
): Promise<BrowserSite> {
  const { cert, key, pin } = await makeCertificate({ names: [addresses.ringfenceOutside] });
  writeFileSync(laboratory.path("edge.pem"), cert);
  writeFileSync(laboratory.path("edge.key"), key, { mode: 0o600 });
  const accounts = Object.entries(passwords).map(([user, password]) => `"${user}": { password: "${password}" }`);
  writeFileSync(laboratory.path("accounts.yaml"), accounts.join("\n"), { mode: 0o600 });
  const listen = [
    `{ transport: wss, address: ${addresses.ringfenceOutside}, port: 8443, certificate: edge, origins: [${pageOrigin}] }`,
    `{ transport: udp, address: ${addresses.ringfenceOutside}, port: 5060 }`,
    `{ transport: tls, address: ${addresses.ringfenceOutside}, port: 5061, certificate: edge }`,
  ];
  return {
    pin,
    config: config({
      phones: `listen:\n    - ${listen.join("\n    - ")}\n  media: { srtp: optional, keying: [${keying === "sdes" ? "sdes" : "sdes, dtls"}] }\n  ${phones}`,
      more: "certificates:\n  edge: { cert: edge.pem, key: { file: edge.key } }\n",
    }),
  };
}
