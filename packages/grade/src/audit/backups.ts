/** Point 7: whether what is lost comes back. */
import type { Point } from "../check.ts";
import type { AuditFacts, BackupFacts } from "./facts.ts";

const hour = 3_600_000;
const day = 24 * hour;
/** A quarter of a year, and a week in which somebody finds the time. */
const longestUntested = 100 * day;
/** One that was missed is no finding yet. */
const missed = 2;
const slack = 6 * hour;
/** Where somebody else says when: by a timer of the site's own. */
const unsaid = 7 * day;

export const backups: Point<AuditFacts> = {
  number: 7,
  name: "Backups",
  checks: [
    {
      id: "backup-none",
      severity: "high",
      title: "Backups are made",
      fix: "Write backup: { encrypt_to: [age1...] }: every day, to /var/backups/ringfence.",
      where: "backup",
      site: true,
      look: ({ config }) => (config.backup === undefined ? ["there is no section backup"] : []),
    },
    {
      id: "backup-age",
      severity: "high",
      title: "The last backup is no older than was asked for",
      fix: "Look why: systemctl status ringfence-backup.timer; ./ringfence backup makes one now.",
      where: "./ringfence backup",
      look: ({ config, backups: seen, now }) => {
        if (config.backup === undefined || seen === undefined) return undefined;
        if (seen.last === undefined) return [`there is none in ${config.backup.to}`];
        const age = now - seen.last;
        return age > missed * (config.backup.everyMs ?? unsaid) + slack ? [`the last one is ${ageText(age)} old`] : [];
      },
    },
    {
      id: "backup-encrypted",
      severity: "high",
      title: "What lies beside the backups is encrypted",
      fix: "Remove the file, or encrypt it: it holds keys and passwords.",
      where: "backup.to",
      look: ({ backups: seen }) => seen?.open.map((path) => `${path} is not encrypted`),
    },
    {
      id: "backup-key-here",
      severity: "high",
      title: "The key that opens the backups lies elsewhere",
      fix: "Take it away, to somebody who restores: this machine needs the public half alone.",
      where: "backup.encrypt_to",
      site: true,
      look: ({ backups: seen }) => seen?.keys.map((path) => `${path} holds a private key of age`),
    },
    {
      id: "backup-elsewhere",
      severity: "medium",
      title: "A copy lies on another machine",
      fix: "Write copy: a command that takes the file elsewhere; a disk that dies takes both.",
      where: "backup.copy",
      site: true,
      look: ({ config }) =>
        config.backup === undefined
          ? undefined
          : config.backup.copy === undefined
            ? ["backup.copy is not set: all backups lie on this machine"]
            : [],
    },
    {
      id: "backup-copied",
      severity: "high",
      title: "The last copy arrived there",
      fix: "Look at the log for what the command said: ./ringfence log records debug; then ./ringfence backup.",
      where: "backup.copy",
      site: true,
      look: ({ config, backups: seen }) => {
        if (config.backup?.copy === undefined || seen?.copied === undefined) return undefined;
        return seen.copied ? [] : ["the last backup was not taken to the other machine"];
      },
    },
    {
      id: "backup-tested",
      severity: "high",
      title: "A backup was restored within the last quarter, to see whether it can be",
      fix: "./ringfence restore FILE --key KEYFILE --verify starts a private instance from it, and places a call: where the key is.",
      where: "./ringfence restore --verify",
      site: true,
      look: ({ config, backups: seen, now }) =>
        config.backup === undefined || seen === undefined ? undefined : untested(seen, now),
    },
  ],
};

function untested({ verified }: BackupFacts, now: number): readonly string[] {
  if (verified === undefined) return ["none was ever restored"];
  if (!verified.ok) return ["the last one that was tried could not be restored"];
  const age = now - verified.at;
  return age > longestUntested ? [`the last one was tried ${ageText(age)} ago`] : [];
}

function ageText(ms: number): string {
  return ms >= 2 * day ? `${Math.floor(ms / day)} days` : `${Math.floor(ms / hour)} hours`;
}
