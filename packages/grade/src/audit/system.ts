/** Of point 11: the system around Ringfence, its secure shell, its users and its clock. */
import type { Check } from "../check.ts";
import type { AuditFacts } from "./facts.ts";

export const system: readonly Check<AuditFacts>[] = [
  {
    id: "privilege-shell-passwords",
    severity: "high",
    title: "The secure shell takes keys, not passwords",
    fix: "PasswordAuthentication no in /etc/ssh/sshd_config.",
    where: "sshd_config",
    site: true,
    look: ({ machine }) => {
      if (machine?.shell === undefined) return undefined;
      return machine.shell.passwords ? ["sshd takes passwords"] : [];
    },
  },
  {
    id: "privilege-shell-root",
    severity: "medium",
    title: "Nobody signs in as root over the network",
    fix: "PermitRootLogin no in /etc/ssh/sshd_config.",
    where: "sshd_config",
    site: true,
    look: ({ machine }) => {
      if (machine?.shell === undefined) return undefined;
      return machine.shell.root ? ["sshd lets root in"] : [];
    },
  },
  {
    id: "privilege-shell-empty",
    severity: "critical",
    title: "The secure shell asks everybody for something",
    fix: "PermitEmptyPasswords no in /etc/ssh/sshd_config.",
    where: "sshd_config",
    site: true,
    look: ({ machine }) => {
      if (machine?.shell === undefined) return undefined;
      return machine.shell.emptyPasswords ? ["sshd takes empty passwords"] : [];
    },
  },
  {
    id: "privilege-other-roots",
    severity: "high",
    title: "Nobody beside root is root, and nobody has no password",
    fix: "Remove the user, or lock it: passwd -l NAME.",
    where: "/etc/passwd",
    site: true,
    look: ({ machine }) => machine?.otherRoots,
  },
  {
    id: "privilege-clock",
    severity: "low",
    title: "Somebody keeps the clock",
    fix: "apt-get install systemd-timesyncd: certificates, codes and records need the time.",
    where: "timedatectl",
    site: true,
    look: ({ machine }) => {
      if (machine?.clockKept === undefined) return undefined;
      return machine.clockKept ? [] : ["the clock is not kept by anybody"];
    },
  },
];
