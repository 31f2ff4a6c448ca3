/**
 * kill -9 in the middle of backups, restores and reloads. By hand:
 *
 *   node test/kill/main.ts backup|restore|reload [--rounds 100] [--seed 1]
 */
import { parseArgs } from "node:util";
import { BackupSite } from "../support/backup-site.ts";
import { backupSubject } from "./backup-subject.ts";
import { type KillSubject, killRounds } from "./kill-rounds.ts";
import { reloadSubject } from "./reload-subject.ts";
import { restoreSubject } from "./restore-subject.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "100" }, seed: { type: "string", default: "1" } },
});
const [what = ""] = positionals;
const site = await BackupSite.make();
const subjects: Readonly<Record<string, () => Promise<KillSubject & { end?(): unknown; outcomes?: object }>>> = {
  backup: async () => backupSubject(site),
  restore: () => restoreSubject(site),
  reload: () => reloadSubject(site),
};
const subject = await subjects[what]?.();
if (subject === undefined) throw new Error(`say one of ${Object.keys(subjects).join(", ")}`);
const began = performance.now();
let undisturbed = 0;
try {
  const settings = { rounds: Number(values.rounds), seed: Number(values.seed) };
  const onRound = (_round: number, _at: number, takes: number): void => {
    undisturbed = takes;
  };
  await killRounds({ ...settings, onRound }, subject);
  const seconds = Math.round((performance.now() - began) / 1_000);
  const how = subject.outcomes === undefined ? "" : `, ${JSON.stringify(subject.outcomes)}`;
  console.log(
    `${what}: ${values.rounds} rounds in ${seconds} s, ${Math.round(undisturbed)} ms undisturbed: nothing was lost${how}`,
  );
} finally {
  await subject.end?.();
  site.end();
}
