/** Whether a process is there, whoever it belongs to. */
import { readFileSync } from "node:fs";

export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** A process by its number and when it began: another one that gets its number later is not it. proc(5), field 22 of stat. */
export function markOfProcess(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before may hold blanks and brackets.
    return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""}`;
  } catch {
    return `${pid}`;
  }
}

export function isMarkAlive(mark: string): boolean {
  const pid = Number(mark.split(" ")[0]);
  return isAlive(pid) && markOfProcess(pid) === mark;
}
