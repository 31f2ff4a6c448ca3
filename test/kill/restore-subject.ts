/** A restore over a site that has changed since: afterwards it is the old one to the octet, or the new one, and never something between. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BackupSite } from "../support/backup-site.ts";
import { chainOf } from "./backup-subject.ts";
import type { KillSubject } from "./kill-rounds.ts";
import { run } from "./process-of-site.ts";

const kept = ["sbc.yaml", "secrets", "state"];

export interface RestoreSubject extends KillSubject {
  /** How often it was which in the end. */
  readonly outcomes: { old: number; new: number };
  end(): void;
}

export async function restoreSubject(site: BackupSite): Promise<RestoreSubject> {
  // Many renames: it is killed among them too.
  for (let n = 0; n < 200; n++) writeFileSync(site.path("state", `more-${n}`), `old ${n}`.repeat(100));
  await site.say("backup", "--config", site.config);
  const backup = site.path("backups", readdirSync(site.path("backups"))[0] ?? "");
  site.addCall("c2");
  writeFileSync(site.path("secrets", "a"), "another");
  site.write(", every: 2d");
  const old = mkdtempSync(join(tmpdir(), "ringfence-old-"));
  for (const name of kept) cpSync(site.path(name), join(old, name), { recursive: true });
  const before = contents(old);
  const outcomes = { old: 0, new: 0 };
  return {
    outcomes,
    end: () => rmSync(old, { recursive: true }),
    async begin() {
      for (const name of readdirSync(site.dir)) {
        if (name.startsWith("sbc.yaml") || name.startsWith(".sbc") || kept.includes(name)) {
          rmSync(site.path(name), { recursive: true, force: true });
        }
      }
      for (const name of kept) cpSync(join(old, name), site.path(name), { recursive: true });
      return run(site, "restore", backup, "--key", site.keyFile, "--config", site.config);
    },
    async mend() {
      const { code, err } = await site.say("restore", "--finish", "--config", site.config);
      if (code !== 0) throw new Error(err);
      const secret = readFileSync(site.path("secrets", "a"), "utf8");
      if (secret === "another") {
        outcomes.old++;
        const now = contents(site.dir);
        for (const [name, text] of before)
          if (now.get(name) !== text) throw new Error(`${name} of the old one has changed`);
        return;
      }
      outcomes.new++;
      const isNew = secret === "wvT7-qL2x-Kd93bQ" && chainOf(site) === 1 && !configOf(site).includes("2d");
      if (!isNew) throw new Error("it is neither the old one nor the new one");
      const aside = readdirSync(site.path("state")).filter((name) => name.startsWith("before-restore-"));
      if (aside.length !== 1) throw new Error("the old state was not kept");
    },
  };
}

const configOf = (site: BackupSite): string => readFileSync(site.config, "utf8");

/** Of what a restore replaces. */
function contents(folder: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of kept) {
    const entries = name === "sbc.yaml" ? [name] : readdirSync(join(folder, name)).map((one) => join(name, one));
    for (const one of entries.filter((path) => !path.includes("history") && !path.includes(".restore-"))) {
      found.set(one, readFileSync(join(folder, one), "latin1"));
    }
  }
  return found;
}
