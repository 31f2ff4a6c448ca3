/** The name of a backup says when it was made and why: `ringfence-20261123T061500Z-timer.tar.age`. */
import { compactTime, readCompactTime } from "../compact-time.ts";

export const backupReasons = ["by-hand", "timer", "upgrade"] as const;
export type BackupReason = (typeof backupReasons)[number];

export interface BackupName {
  /** Whole seconds since 1970, in milliseconds. */
  readonly at: number;
  readonly reason: BackupReason;
}

const prefix = "ringfence-";
const suffix = ".tar.age";

export function backupName({ at, reason }: BackupName): string {
  return `${prefix}${compactTime(at)}-${reason}${suffix}`;
}

/** Undefined for what is no backup of ours: others may keep theirs in that folder. */
export function readBackupName(name: string): BackupName | undefined {
  if (!name.startsWith(prefix) || !name.endsWith(suffix)) return undefined;
  const whole = name.slice(prefix.length, -suffix.length);
  const dash = whole.indexOf("-");
  const at = readCompactTime(whole.slice(0, Math.max(0, dash)));
  const reason = backupReasons.find((one) => one === whole.slice(dash + 1));
  if (reason === undefined || !Number.isFinite(at)) return undefined;
  // Whatever is written otherwise than we write it is not ours.
  return backupName({ at, reason }) === name ? { at, reason } : undefined;
}
