/** Point 11: what could be taken from whoever breaks in, and what is switched off. */
import { type Config, isWildcard } from "@ringfence/policy";
import type { Point } from "../check.ts";
import type { AuditFacts, FileFacts, MachineFacts } from "./facts.ts";
import { isOpen, isWide } from "./places.ts";
import { system } from "./system.ts";

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
      id: "privilege-program-files",
      severity: "high",
      title: "The service cannot change what it runs",
      fix: "chown -R root: and chmod -R go-w what is installed, or install the package again.",
      where: "/usr/lib/ringfence",
      look: ({ machine, running }) => {
        if (machine === undefined) return undefined;
        const others = openFiles(machine.files, "program", 0o022) ?? [];
        const own = machine.files.filter(
          ({ what, owner }) => what === "program" && owner > 0 && owner === running?.uid,
        );
        return [...others, ...own.map(({ path }) => `${path} belongs to the user that runs it`)];
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
      id: "privilege-log-files",
      severity: "low",
      title: "Logs and backups are read by their owner and group only",
      fix: "chmod o= FOLDER.",
      where: "chmod",
      look: ({ machine }) =>
        machine && (["log", "backup"] as const).flatMap((what) => openFiles(machine.files, what, 0o007) ?? []),
    },
    {
      id: "privilege-state",
      severity: "medium",
      title: "State is read by its owner only",
      fix: "chmod go= FILE.",
      where: "state.dir",
      look: ({ machine }) => openFiles(machine?.files, "state", 0o077),
    },
    ...system,
    {
      id: "privilege-one-address",
      severity: "medium",
      title: "The PBX sees phones and carriers at two addresses",
      fix: "Give core.phones_from and core.trunks_from addresses of their own: the PBX trusts carriers by address.",
      where: "core",
      site: true,
      look: ({ config: { core, trunks } }) => {
        if (trunks.length === 0) return undefined;
        const [phones, carriers] = [core.phonesFrom?.address, core.trunksFrom?.address];
        return phones !== undefined && carriers !== undefined && phones !== carriers
          ? []
          : ["both come from one address, and differ by the port alone"];
      },
    },
    {
      id: "privilege-one-interface",
      severity: "low",
      title: "Outside and inside are two interfaces",
      fix: "Give the PBX a network of its own: what stands outside cannot pretend to be inside then.",
      where: "core",
      site: true,
      look: ({ config, machine }) => (machine === undefined ? undefined : sharedInterface(config, machine)),
    },
    {
      id: "privilege-trunk-unverified",
      severity: "high",
      title: "Every carrier shows who it is",
      fix: "Write tls: { verify: true }, or pin its key.",
      where: "trunks[].tls",
      site: true,
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
      id: "privilege-leftovers",
      severity: "medium",
      title: "Nothing of an older version stands before what is installed",
      fix: "Compare it with the file of the new version, take over what is right, and remove it.",
      where: "docs/upgrade.md",
      look: ({ machine }) => machine?.leftovers,
    },
    {
      id: "privilege-old-secrets",
      severity: "medium",
      title: "No secret is older than a year",
      fix: "Change it; both hold for the time of an overlap (docs/configuration.md, previous).",
      where: "secrets.max_age",
      site: true,
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

/** Of a PBX on this machine nothing leaves; of listeners on every address nobody can tell but where there is one interface only. */
function sharedInterface({ core, phones, pbx }: Config, { interfaces }: MachineFacts): readonly string[] | undefined {
  if (pbx.nodes.every(({ host }) => !isOpen(host) || interfaces.some(({ address }) => address === host)))
    return undefined;
  const open = interfaces.filter(({ address }) => isOpen(address));
  const names = new Set(open.map(({ name }) => name));
  if (names.size < 2) return [...names].map((name) => `everything comes and goes by ${name}`);
  const nameOf = (address: string | undefined): string | undefined =>
    address === undefined ? undefined : open.find((one) => one.address === address)?.name;
  const inside = new Set([nameOf(core.phonesFrom?.address), nameOf(core.trunksFrom?.address)]);
  const outside = phones.listen.filter(({ address }) => !isWildcard(address)).map(({ address }) => nameOf(address));
  return [...new Set(outside)].flatMap((name) =>
    name !== undefined && inside.has(name) ? [`phones and the PBX are both reached by ${name}`] : [],
  );
}
