/** Point 2: TLS for signalling, SRTP for media, and where either is missing. */
import { type Config, type SideMediaConfig, usesTls } from "@ringfence/policy";
import type { Check, Point } from "../check.ts";
import type { AuditFacts, CertificateFacts } from "./facts.ts";
import { isOpen } from "./places.ts";

const day = 86_400_000;
const soon = 21 * day;
const leastRsaBits = 2_048;

const listeners: readonly Check<AuditFacts>[] = [
  {
    id: "encryption-no-tls",
    severity: "high",
    title: "Phones can come over TLS",
    fix: "Add a listener: { transport: tls, address: 0.0.0.0, port: 5061, certificate: NAME }.",
    where: "phones.listen",
    look: ({ config }) =>
      config.phones.listen.some(({ transport }) => usesTls(transport)) ? [] : ["no listener is tls or wss"],
  },
  {
    id: "encryption-clear-signalling",
    severity: "medium",
    title: "Phones come over TLS only",
    fix: "Move the phones to TLS, then take udp and tcp away; or let those listen on an address of the office only.",
    where: "phones.listen",
    site: true,
    look: ({ config }) =>
      config.phones.listen
        .filter(({ transport, address }) => (transport === "udp" || transport === "tcp") && isOpen(address))
        .map(
          ({ transport, address, port }) =>
            `${transport} ${address}:${port} carries passwords' digests and numbers in clear`,
        ),
  },
  {
    id: "encryption-clear-websocket",
    severity: "high",
    title: "Browsers come over wss",
    fix: "Write transport: wss with a certificate.",
    where: "phones.listen",
    look: ({ config }) =>
      config.phones.listen
        .filter(({ transport, address }) => transport === "ws" && isOpen(address))
        .map(({ address, port }) => `ws at ${address}:${port}`),
  },
  {
    id: "encryption-trunk-signalling",
    severity: "medium",
    title: "Carriers are reached by TLS",
    fix: "Write transport=tls if the carrier has it; else reach it through a VPN.",
    where: "trunks[].hosts",
    site: true,
    look: ({ config }) =>
      ofTrunks(config, ({ name, hosts }) =>
        hosts
          .filter(({ transport }) => transport !== "tls")
          .map(({ host, transport }) => `${name}: ${host} over ${transport}`),
      ),
  },
  {
    id: "encryption-old-tls",
    severity: "low",
    title: "Carriers are held to today's ciphers",
    fix: "Write ciphers: default, once the carrier takes it.",
    where: "trunks[].tls.ciphers",
    site: true,
    look: ({ config }) =>
      ofTrunks(config, ({ name, tls }) => (tls.ciphers === "compatible" ? [`${name} may use the old ciphers`] : [])),
  },
];

const certificates: readonly Check<AuditFacts>[] = [
  ofCertificates("encryption-certificate-expired", "critical", "No certificate has expired", {
    fix: "Renew it and reload.",
    bad: ({ notAfter }, now) => (notAfter < now ? "has expired" : undefined),
  }),
  ofCertificates("encryption-certificate-expires", "high", "No certificate expires within three weeks", {
    fix: "Renew it and reload; let certbot do it by itself.",
    bad: ({ notAfter }, now) =>
      notAfter >= now && notAfter < now + soon ? `expires in ${Math.floor((notAfter - now) / day)} days` : undefined,
  }),
  ofCertificates("encryption-self-signed", "high", "Certificates are signed by an authority that phones know", {
    fix: "Get one from an authority, or from one of your own whose root the phones have.",
    site: true,
    bad: ({ selfSigned }) => (selfSigned ? "is signed by itself: phones must trust blindly" : undefined),
  }),
  ofCertificates("encryption-chain", "medium", "Certificates come with their chain", {
    fix: "Put the certificates of the authorities between behind your own in the file (fullchain.pem).",
    bad: ({ chain, selfSigned }) => (!selfSigned && chain < 2 ? "stands alone: phones cannot follow it" : undefined),
  }),
  ofCertificates("encryption-name", "high", "Certificates stand for the domains of the phones", {
    fix: "Have it made for these names.",
    bad: ({ missingNames }) =>
      missingNames.length > 0 ? `does not stand for ${missingNames.slice(0, 5).join(", ")}` : undefined,
  }),
  ofCertificates("encryption-key", "high", "Keys are long enough", {
    fix: "Make a new key: EC P-256, or RSA with 2,048 bits or more.",
    bad: ({ key, bits }) => (key === "rsa" && bits < leastRsaBits ? `has an RSA key of ${bits} bits` : undefined),
  }),
];

const media: readonly Check<AuditFacts>[] = [
  {
    id: "encryption-phones-media-off",
    severity: "critical",
    title: "Phones may speak encrypted",
    fix: "Remove `srtp: off`, or write required.",
    where: "phones.media.srtp",
    look: ({ config }) => (config.phones.media.srtp === "off" ? ["phones.media.srtp is off"] : []),
  },
  {
    id: "encryption-phones-media",
    severity: "high",
    title: "Phones must speak encrypted",
    fix: "Write required, once every phone can.",
    where: "phones.media.srtp",
    site: true,
    look: ({ config }) => {
      const { srtp } = config.phones.media;
      return srtp === "required" || srtp === "off" ? [] : [`phones.media.srtp is ${srtp}: who offers no key is heard`];
    },
  },
  {
    id: "encryption-trunks-media",
    severity: "medium",
    title: "Carriers' media is encrypted",
    fix: "Write srtp: required if the carrier has it; else reach it through a VPN.",
    where: "trunks[].media.srtp",
    site: true,
    look: ({ config }) =>
      ofTrunks(config, ({ name, media: { srtp } }) => (srtp === "required" ? [] : [`${name}: ${srtp}`])),
  },
  {
    id: "encryption-short-tags",
    severity: "low",
    title: "Packets carry tags of 80 bits or more",
    fix: "Leave the suites that end in _32 out, once no phone needs them.",
    site: true,
    where: "media.suites",
    look: ({ config }) => [
      ...shortTags("phones.media", config.phones.media),
      ...config.trunks.flatMap(({ name, media: side }) => shortTags(`trunks.${name}.media`, side)),
    ],
  },
];

export const encryption: Point<AuditFacts> = {
  number: 2,
  name: "Encryption",
  checks: [...listeners, ...certificates, ...media],
};

function ofCertificates(
  id: string,
  severity: "critical" | "high" | "medium",
  title: string,
  rule: Pick<Check<AuditFacts>, "fix" | "site"> & {
    readonly bad: (one: CertificateFacts, now: number) => string | undefined;
  },
): Check<AuditFacts> {
  return {
    id,
    severity,
    title,
    fix: rule.fix,
    where: "certificates",
    ...(rule.site === true && { site: true }),
    look: ({ certificates: all, now }) =>
      all === undefined || all.length === 0
        ? undefined
        : all.flatMap((one) => {
            const what = rule.bad(one, now);
            return what === undefined ? [] : [`certificate ${one.name} ${what}`];
          }),
  };
}

function ofTrunks(
  { trunks }: Config,
  look: (trunk: Config["trunks"][number]) => readonly string[],
): readonly string[] | undefined {
  return trunks.length === 0 ? undefined : trunks.flatMap(look);
}

function shortTags(key: string, { srtp, suites }: SideMediaConfig): readonly string[] {
  if (srtp === "off") return [];
  const short = suites.filter((suite) => suite.endsWith("_32"));
  return short.length === 0 ? [] : [`${key} takes ${short.join(", ")}`];
}
