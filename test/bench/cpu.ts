/** CPU time of processes and their threads, from /proc, in ms; where it is user and system time, 10 ms a tick. */
import { readdirSync, readFileSync } from "node:fs";

/** Of a process with all its threads and descendants. */
export function cpuOf(pid: number): number {
  return family(pid).reduce((sum, one) => sum + spent(statOf(`/proc/${one}/stat`)), 0);
}

/** Of the threads that a process has now, in ms: by the nanosecond, where ticks of 10 ms are a tenth of what is measured. */
export function threadTimeOf(pid: number): number {
  return schedulesOf(pid).reduce((sum, { ranMs }) => sum + ranMs, 0);
}

/** What a thread got of the processors since it began. */
export interface Schedule {
  /** As the kernel knows it: 15 characters. Of the thread that began the process `main thread`. */
  readonly name: string;
  readonly ranMs: number;
  /** It had work and no processor. */
  readonly waitedMs: number;
  /** How often it was given one. */
  readonly turns: number;
}

/** Of the threads that a process has now, by the nanosecond. */
export function schedulesOf(pid: number): readonly Schedule[] {
  return listed(`/proc/${pid}/task`).map((task) => {
    const at = `/proc/${pid}/task/${task}`;
    const [ran, waited, turns] = readFileSync(`${at}/schedstat`, "latin1").split(" ").map(Number);
    const name = task === String(pid) ? "main thread" : readFileSync(`${at}/comm`, "latin1").trim();
    return { name, ranMs: (ran ?? 0) / 1e6, waitedMs: (waited ?? 0) / 1e6, turns: turns ?? 0 };
  });
}

/** ms of all processors that the host of this machine gave to others. */
export function stolenMs(): number {
  const [all = ""] = readFileSync("/proc/stat", "latin1").split("\n");
  // Behind the name: user, nice, system, idle, iowait, irq, softirq, steal.
  return Number(all.trim().split(/ +/u)[8]) * 10;
}

/** Of each thread of one process, summed by the name of the thread. */
export function cpuOfThreads(pid: number): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const task of listed(`/proc/${pid}/task`)) {
    const stat = statOf(`/proc/${pid}/task/${task}/stat`);
    const name = task === String(pid) ? "main thread" : (stat?.name ?? "gone");
    sums.set(name, (sums.get(name) ?? 0) + spent(stat));
  }
  return sums;
}

/** Those whose name begins so: of the kernel's own threads each is a process. */
export function processesNamed(beginning: string): readonly number[] {
  const numbers = listed("/proc").filter((entry) => /^\d+$/u.test(entry));
  return numbers.filter((entry) => statOf(`/proc/${entry}/stat`)?.name.startsWith(beginning)).map(Number);
}

/** Resident memory of a process, in kB. */
export function residentOf(pid: number): number {
  const line = readFileSync(`/proc/${pid}/status`, "latin1")
    .split("\n")
    .find((one) => one.startsWith("VmRSS:"));
  return Number.parseInt(line?.slice("VmRSS:".length) ?? "", 10);
}

interface Stat {
  readonly name: string;
  /** Behind the name: state, parent, ... user time (11), system time (12). */
  readonly fields: readonly string[];
}

function family(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const entry of listed("/proc")) {
    const parent = /^\d+$/u.test(entry) ? statOf(`/proc/${entry}/stat`)?.fields[1] : undefined;
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const found = [pid];
  for (const one of found) for (const [child, parent] of parents) if (parent === one) found.push(child);
  return found;
}

function spent(stat: Stat | undefined): number {
  return stat === undefined ? 0 : (Number(stat.fields[11]) + Number(stat.fields[12])) * 10;
}

function statOf(path: string): Stat | undefined {
  try {
    const text = readFileSync(path, "latin1");
    const end = text.lastIndexOf(")");
    return { name: text.slice(text.indexOf("(") + 1, end), fields: text.slice(end + 2).split(" ") };
  } catch {
    // A process may end while it is looked at.
    return undefined;
  }
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
