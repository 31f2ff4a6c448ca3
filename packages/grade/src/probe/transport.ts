/** Point 1 of a probe: what is open, and how it is encrypted. */
import type { Check, Point } from "../check.ts";
import { type Door, exchangesOf, finalStatus, type ProbeFacts, type TlsSeen } from "./observed.ts";

const day = 86_400_000;
const soon = 21 * day;
const tooOld: ReadonlySet<string> = new Set(["TLSv1", "TLSv1.1"]);

export const transport: Point<ProbeFacts> = {
  number: 1,
  name: "Transports and TLS",
  checks: [
    {
      id: "probe-no-tls",
      severity: "high",
      title: "Phones can come over TLS",
      fix: "Open TLS on port 5061, or WSS.",
      where: "phones.listen",
      look: ({ doors }) =>
        doors.some(({ kind, open }) => open && (kind === "tls" || kind === "wss"))
          ? []
          : ["neither TLS nor WSS answers"],
    },
    {
      id: "probe-clear",
      severity: "medium",
      title: "Nothing is taken in clear",
      fix: "Close UDP and TCP to the outside, once every phone has TLS.",
      where: "phones.listen",
      look: ({ doors }) => doors.filter(({ kind, open }) => open && (kind === "udp" || kind === "tcp")).map(written),
    },
    {
      id: "probe-clear-websocket",
      severity: "high",
      title: "Browsers cannot come in clear",
      fix: "Close ws, and let browsers come over wss.",
      where: "phones.listen",
      look: ({ doors }) => doors.filter(({ kind, open }) => open && kind === "ws").map(written),
    },
    {
      id: "probe-sips-in-clear",
      severity: "medium",
      title: "What asks for TLS all the way is not served without it",
      fix: "Refuse sips: over UDP and TCP: it says that no part of the way is in clear (RFC 5630 section 4).",
      where: "phones.listen",
      look: (facts) =>
        facts.over !== "udp" && facts.over !== "tcp"
          ? undefined
          : exchangesOf(facts, "sips").flatMap((one) => {
              const status = finalStatus(one);
              const served = status !== undefined && status < 300;
              return served ? [`OPTIONS sips: over ${facts.over} was answered ${status}`] : [];
            }),
    },
    ofTls("probe-tls-downgrade", "high", "The port of TLS says nothing in clear", {
      fix: "Give TLS a port of its own: whoever stands between could talk the phones out of it.",
      bad: ({ alsoClear }) => (alsoClear ? ["answers SIP in clear"] : []),
    }),
    ofTls("probe-tls-old", "high", "TLS is 1.2 or newer", {
      fix: "Switch TLS 1.0 and 1.1 off.",
      bad: ({ versions }) => versions.filter((version) => tooOld.has(version)).map((version) => `takes ${version}`),
    }),
    ofTls("probe-tls-ciphers", "medium", "No cipher without forward secrecy is taken", {
      fix: "Allow ECDHE with AES-GCM or ChaCha20 only.",
      bad: ({ oldCiphers }) => oldCiphers.map((cipher) => `takes ${cipher}`),
    }),
    ofTls("probe-tls-trust", "high", "The certificate is signed by an authority that everybody knows", {
      fix: "Get one from an authority, with its chain; for one of your own, run the probe where its root is known.",
      bad: ({ untrusted }) => (untrusted === undefined ? [] : [untrusted]),
    }),
    ofTls("probe-tls-name", "high", "The certificate stands for the name that was asked for", {
      fix: "Have it made for this name.",
      bad: ({ fitsName }) => (fitsName ? [] : ["shows a certificate for another name"]),
    }),
    ofTls("probe-tls-expiry", "high", "The certificate holds for three weeks at least", {
      fix: "Renew it; let certbot do it by itself.",
      bad: ({ notAfter }, now) =>
        notAfter > now + soon ? [] : [`certificate ends in ${Math.floor((notAfter - now) / day)} days`],
    }),
  ],
};

function ofTls(
  id: string,
  severity: "high" | "medium",
  title: string,
  rule: { readonly fix: string; readonly bad: (seen: TlsSeen, now: number) => readonly string[] },
): Check<ProbeFacts> {
  return {
    id,
    severity,
    title,
    fix: rule.fix,
    where: "certificates",
    look({ doors, now }) {
      const seen = doors.flatMap((door) => (door.tls === undefined ? [] : [{ door, tls: door.tls }]));
      if (seen.length === 0) return undefined;
      return seen.flatMap(({ door, tls }) => rule.bad(tls, now).map((what) => `${written(door)} ${what}`));
    },
  };
}

function written({ kind, port }: Door): string {
  return `${kind} ${port}`;
}
