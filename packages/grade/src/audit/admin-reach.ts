/** Point 5: from where the machine is managed and looked at. */
import type { Point } from "../check.ts";
import type { AuditFacts } from "./facts.ts";
import { isEverybody, isOpen } from "./places.ts";

export const adminReach: Point<AuditFacts> = {
  number: 5,
  name: "Reach of the administration",
  checks: [
    {
      id: "reach-metrics",
      severity: "medium",
      title: "Metrics are read on the machine itself",
      fix: "Listen on 127.0.0.1, and let the collector come through a tunnel or a network of its own.",
      where: "metrics.listen",
      look: ({ config }) => {
        const { address, port } = config.metrics.listen;
        return isOpen(address) ? [`metrics are served at ${address}:${port}, without a password`] : [];
      },
    },
    {
      id: "reach-admin-tls",
      severity: "critical",
      title: "The console beyond this machine is served by TLS",
      fix: "Name a certificate.",
      where: "admin.certificate",
      look: ({ config: { admin } }) =>
        admin === undefined
          ? undefined
          : isOpen(admin.listen.address) && admin.certificate === undefined
            ? [`the console is served at ${admin.listen.address}:${admin.listen.port} in clear`]
            : [],
    },
    {
      id: "reach-admin-addresses",
      severity: "high",
      title: "The console is open to known addresses only",
      fix: "Write the addresses of those who manage it.",
      where: "admin.allow",
      look: ({ config: { admin } }) =>
        admin === undefined
          ? undefined
          : isOpen(admin.listen.address)
            ? admin.allow.filter(isEverybody).map(({ text }) => `${text} may connect`)
            : [],
    },
    {
      id: "reach-admin-certificates",
      severity: "low",
      title: "A browser beyond this machine shows a certificate",
      fix: "Give browsers certificates of an authority of your own.",
      where: "admin.client_ca",
      look: ({ config: { admin } }) =>
        admin === undefined || !isOpen(admin.listen.address)
          ? undefined
          : admin.clientCa === undefined
            ? ["any browser may try a password"]
            : [],
    },
  ],
};
