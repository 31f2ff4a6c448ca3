/** Who holds a port, as far as /proc shows it: so that "the port is taken" comes with a name. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename } from "node:path";
import { cleanText } from "./logs/clean-text.ts";

/** State column of /proc/net/tcp: a listening socket. A UDP socket that is not connected shows 07. */
const listening = "0A";

/** `kamailio (process 812)`, or undefined when nobody is found or the process belongs to another user. */
export function portOwner(transport: "udp" | "tcp", port: number): string | undefined {
  const inodes = new Set([...socketsAt(`/proc/net/${transport}`, port), ...socketsAt(`/proc/net/${transport}6`, port)]);
  if (inodes.size === 0) return undefined;
  const pid = list("/proc").find((name) => isPid(name) && holds(name, inodes));
  return pid === undefined ? undefined : `${programName(pid)} (process ${pid})`;
}

/** What was started rather than what the process calls itself: every Node.js calls itself MainThread. */
function programName(pid: string): string {
  const [path = "", ...words] = read(`/proc/${pid}/cmdline`).split("\0");
  const script = words.find((word) => !word.startsWith("--")) ?? "";
  if (script.endsWith("packages/appliance/src/main.ts")) return "another Ringfence";
  return cleanText(basename(path) || read(`/proc/${pid}/comm`).trim(), 40);
}

function socketsAt(table: string, port: number): readonly string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  const udp = table.startsWith("/proc/net/udp");
  return read(table)
    .split("\n")
    .slice(1)
    .map((line) => line.split(" ").filter((column) => column !== ""))
    .filter((columns) => columns[1]?.endsWith(`:${wanted}`) === true && (udp || columns[3] === listening))
    .flatMap((columns) => columns[9] ?? []);
}

function holds(pid: string, inodes: ReadonlySet<string>): boolean {
  return list(`/proc/${pid}/fd`).some((fd) => {
    const target = link(`/proc/${pid}/fd/${fd}`);
    return target.startsWith("socket:[") && inodes.has(target.slice("socket:[".length, -1));
  });
}

function isPid(name: string): boolean {
  const code = name.charCodeAt(0);
  return code >= 0x30 && code <= 0x39;
}

// Processes come and go while they are looked at, and those of others cannot be read: both count as nothing there.
function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function link(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return "";
  }
}
