/** An upgrade and a downgrade in turn, on a machine where the old version serves and backups are configured. */
import { readdirSync } from "node:fs";
import { readBackupName } from "../../packages/appliance/src/backup/backup-name.ts";
import type { KeyOfBackups } from "../../packages/appliance/src/backup/new-key.ts";
import { lookThrough } from "../../packages/appliance/src/restore/read-backup.ts";
import type { BareMachine } from "../interop/laboratory/bare-machine.ts";
import { eventually } from "../support/eventually.ts";
import type { Begun, KillSubject } from "./kill-rounds.ts";

/** Paths of packages of two versions; the machine has the old one. */
export interface TwoPackages {
  readonly old: string;
  readonly young: string;
}

/** A section of the configuration: none but those of upgrades. */
export const backedUp = ({ recipient }: KeyOfBackups): string =>
  `backup: { every: off, keep: 3, encrypt_to: [${recipient}] }\n`;

const folders = ["/etc/ringfence", "/var/lib/ringfence", "/var/backups/ringfence"];
/** Octets of all that must not change. Without what a process writes at its start, and what a backup before an upgrade writes. */
const sums =
  'find "$@" -type f -not -name "*.db*" -not -name "*.sqlite*" -not -path "*/history/*" -not -name running -not -name "*.age" -not -name last-backup.json -print0 | sort -z | xargs -0 -r sha256sum';

/** @param key of the backups that are made before each upgrade */
export async function upgradeSubject(
  machine: BareMachine,
  packages: TwoPackages,
  key: KeyOfBackups,
): Promise<KillSubject> {
  const debs = [machine.copyIn(packages.young), machine.copyIn(packages.old)];
  const versions = [packages.young, packages.old].map((path) => path.split("_")[1] ?? "");
  const kept = (): Promise<string> => machine.does("sh", "-c", sums, "sh", ...folders);
  await machine.does("ringfence", "ban", "192.0.2.66", "7d");
  const before = await kept();
  const debOf = (round: number): string => debs[round % 2] ?? "";
  return {
    async begin(round) {
      // A session of its own: its number is that of all its processes.
      const script = 'echo $$ > /run/upgrade.group; exec dpkg --force-unsafe-io -i "$1"';
      const ended = machine.run("setsid", "--wait", "sh", "-c", script, "sh", debOf(round));
      const kill = async (): Promise<void> => {
        await machine.run("sh", "-c", 'kill -9 -- "-$(cat /run/upgrade.group)"');
      };
      return { ended, kill } satisfies Begun;
    },
    async mend(round) {
      await machine.run("dpkg", "--configure", "-a");
      await machine.does("dpkg", "--force-unsafe-io", "-i", debOf(round));
      await machine.does("sh", "-c", 'test -z "$(dpkg --audit)" && dpkg --verify ringfence');
      await eventually("the other version to serve with the ban of before", async () => {
        const { code, output } = await machine.run("ringfence", "status", "--json");
        if (code !== 0) return false;
        const { version, defence } = JSON.parse(output);
        return version === versions[round % 2] && defence.bans.source === 1;
      });
      if ((await kept()) !== before) throw new Error(`something of it was lost:\n${before}\nis now\n${await kept()}`);
      await everyBackupIsWhole(machine, key);
    },
  };
}

/** And there is one. @throws Error */
async function everyBackupIsWhole(machine: BareMachine, { secret }: KeyOfBackups): Promise<void> {
  const folder = machine.path("/var/backups/ringfence");
  const names = readdirSync(folder);
  const strange = names.filter((name) => readBackupName(name)?.reason !== "upgrade");
  if (names.length === 0 || strange.length > 0) throw new Error(`the backups: ${names.join(", ") || "none"}`);
  for (const name of names) await lookThrough({ path: `${folder}/${name}`, keys: [secret] });
}
