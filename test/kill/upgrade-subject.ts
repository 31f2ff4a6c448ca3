/** An upgrade and a downgrade in turn, on a machine where the old version serves. */

import type { BareMachine } from "../interop/laboratory/bare-machine.ts";
import { eventually } from "../support/eventually.ts";
import type { Begun, KillSubject } from "./kill-rounds.ts";

/** Paths of packages of two versions; the machine has the old one. */
export interface TwoPackages {
  readonly old: string;
  readonly young: string;
}

const what = ["/etc/ringfence", "/var/lib/ringfence", "/var/backups/ringfence"];
/** Octets of all that must not change. Without what a process writes at its start: the database, the history, the mark that it runs. */
const sums =
  'find "$@" -type f -not -name "*.db*" -not -name "*.sqlite*" -not -path "*/history/*" -not -name running -print0 | sort -z | xargs -0 -r sha256sum';

export async function upgradeSubject(machine: BareMachine, packages: TwoPackages): Promise<KillSubject> {
  const debs = [machine.copyIn(packages.young), machine.copyIn(packages.old)];
  const versions = [packages.young, packages.old].map((path) => path.split("_")[1] ?? "");
  const kept = (): Promise<string> => machine.does("sh", "-c", sums, "sh", ...what);
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
      await eventually("the other version to serve", async () => {
        const { code, output } = await machine.run("ringfence", "status", "--json");
        return code === 0 && JSON.parse(output).version === versions[round % 2];
      });
      if ((await kept()) !== before) throw new Error(`something of it was lost:\n${before}\nis now\n${await kept()}`);
    },
  };
}
