/** A few rounds of what `node test/kill/main.ts` does a hundred times. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { BackupSite } from "../support/backup-site.ts";
import { backupSubject } from "./backup-subject.ts";
import { killRounds } from "./kill-rounds.ts";
import { reloadSubject } from "./reload-subject.ts";
import { restoreSubject } from "./restore-subject.ts";

let site: BackupSite;
beforeEach(async () => {
  site = await BackupSite.make();
});
afterEach(() => site.end());

const settings = { rounds: 3, seed: 7 };

test("a backup that is killed leaves every other whole, and nothing in the way of the next", async () => {
  await killRounds(settings, backupSubject(site));
}, 120_000);

test("a restore that is killed leaves the old machine or the new one", async () => {
  const subject = await restoreSubject(site);
  await killRounds(settings, subject).finally(() => subject.end());
  expect(subject.outcomes.new).toBeGreaterThan(0);
}, 120_000);

test("one that is killed in a reload starts again, with its bans, its books and what is written", async () => {
  const subject = await reloadSubject(site);
  await killRounds(settings, subject).finally(() => subject.end());
}, 120_000);
