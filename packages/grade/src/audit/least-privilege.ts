/** Point 11: what could be taken from whoever breaks in, and what is switched off. */
import type { Point } from "../check.ts";
import type { AuditFacts, FileFacts } from "./facts.ts";
import { isWide } from "./places.ts";

const day = 86_400_000;
const oldSecret = 365 * day;
/** CAP_NET_BIND_SERVICE, for ports below 1024. */
const bindOnly = 1n << 10n;
const mostNamed = 10;

export const leastPrivilege: Point<AuditFacts> = {
  number: 11,
  name: "Least privilege",
  checks: [
    {
      id: "privilege-root",
      severity: "high",
      title: "Ringfence runs as a user of its own",
      fix: "Start it by the unit in deploy/systemd.",
      where: "deploy/systemd",
      look: ({ running }) => (running === undefined ? undefined : running.uid === 0 ? ["it runs as root"] : []),
    },
    {
      id: "privilege-capabilities",
      severity: "medium",
      title: "Ringfence may do nothing more than bind ports",
      fix: "Start it by the unit in deploy/systemd.",
      where: "deploy/systemd",
      look: ({ running }) => {
        if (running === undefined) return undefined;
        const more = running.capabilities & ~bindOnly;
        return more === 0n ? [] : [`it holds capabilities 0x${running.capabilities.toString(16)}`];
      },
    },
    {
      id: "privilege-secret-files",
      severity: "high",
      title: "Secrets are read by their owner and group only",
      fix: "chmod o= FILE.",
      where: "chmod",
      look: ({ machine }) => openFiles(machine?.files, "secret", 0o007),
    },
    {
      id: "privilege-configuration",
      severity: "high",
      title: "Nobody else may write the configuration",
      fix: "chmod go-w FILE.",
      where: "chmod",
      look: ({ machine }) => openFiles(machine?.files, "configuration", 0o022),
    },
    {
      id: "privilege-state",
      severity: "medium",
      title: "State is read by its owner only",
      fix: "chmod go= FILE.",
      where: "state.dir",
      look: ({ machine }) => openFiles(machine?.files, "state", 0o077),
    },
    {
      id: "privilege-shell-passwords",
      severity: "high",
      title: "The secure shell takes keys, not passwords",
      fix: "PasswordAuthentication no in /etc/ssh/sshd_config.",
      where: "sshd_config",
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
      look: ({ machine }) => {
        if (machine?.shell === undefined) return undefined;
        return machine.shell.root ? ["sshd lets root in"] : [];
      },
    },
    {
      id: "privilege-clock",
      severity: "low",
      title: "Somebody keeps the clock",
      fix: "apt-get install systemd-timesyncd: certificates, codes and records need the time.",
      where: "timedatectl",
      look: ({ machine }) => {
        if (machine?.clockKept === undefined) return undefined;
        return machine.clockKept ? [] : ["the clock is not kept by anybody"];
      },
    },
    {
      id: "privilege-one-address",
      severity: "medium",
      title: "The PBX sees phones and carriers at two addresses",
      fix: "Give core.phones_from and core.trunks_from addresses of their own: the PBX trusts carriers by address.",
      where: "core",
      look: ({ config: { core, trunks } }) => {
        if (trunks.length === 0) return undefined;
        const [phones, carriers] = [core.phonesFrom?.address, core.trunksFrom?.address];
        return phones !== undefined && carriers !== undefined && phones !== carriers
          ? []
          : ["both come from one address, and differ by the port alone"];
      },
    },
    {
      id: "privilege-trunk-unverified",
      severity: "high",
      title: "Every carrier shows who it is",
      fix: "Write tls: { verify: true }, or pin its key.",
      where: "trunks[].tls",
      look: ({ config }) =>
        config.trunks.length === 0
          ? undefined
          : config.trunks.flatMap(({ name, hosts, tls }) =>
              hosts.some(({ transport }) => transport === "tls") && !tls.verify && tls.pins.length === 0
                ? [`${name} is believed, whoever it is`]
                : [],
            ),
    },
    {
      id: "privilege-spared",
      severity: "high",
      title: "Few are spared by every limit",
      fix: "Write single addresses.",
      where: "defence.allow",
      look: ({ config }) => config.defence.allow.filter(isWide).map(({ text }) => `${text} is never limited or banned`),
    },
    {
      id: "privilege-shadow",
      severity: "medium",
      title: "No protection is only looked at",
      fix: "Write mode: enforce, once its figures are right.",
      where: "mode",
      look: ({ running }) => running?.inShadow.map((key) => `${key} is in shadow`),
    },
    {
      id: "privilege-old-secrets",
      severity: "medium",
      title: "No secret is older than a year",
      fix: "Change it; both hold for the time of an overlap (docs/configuration.md, previous).",
      where: "secrets.max_age",
      look: ({ secrets, now }) => {
        if (secrets === undefined) return undefined;
        const old = secrets.filter(({ since }) => now - since > oldSecret);
        const named = old.slice(0, mostNamed);
        const lines = named.map(({ name, since }) => `${name} is the same for ${Math.floor((now - since) / day)} days`);
        return old.length > named.length ? [...lines, `${old.length - named.length} more`] : lines;
      },
    },
  ],
};

function openFiles(
  files: readonly FileFacts[] | undefined,
  what: FileFacts["what"],
  closed: number,
): readonly string[] | undefined {
  return files
    ?.filter((file) => file.what === what && (file.mode & closed) !== 0)
    .map(({ path, mode }) => `${path} has mode ${mode.toString(8).padStart(4, "0")}`);
}
