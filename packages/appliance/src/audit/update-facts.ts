/** What of Debian waits to be put in. A simulation as any user may ask for it: nothing is fetched and nothing is put in. */
import type { UpdateFacts } from "@ringfence/grade";
import type { MachineView } from "./machine-view.ts";

const openssl = ["openssl", "libssl"];
const lists = "/var/lib/apt/lists";

export function updateFacts(view: MachineView): UpdateFacts | undefined {
  const text = view.ask("apt-get", ["-s", "-q", "-o", "Debug::NoLocking=true", "upgrade"]);
  if (text === undefined) return undefined;
  const waiting = text.split("\n").filter((line) => line.startsWith("Inst "));
  const switchedOn = view.read("/etc/apt/apt.conf.d/20auto-upgrades")?.includes('Unattended-Upgrade "1"') === true;
  return {
    pending: waiting.length,
    security: waiting.filter((line) => line.includes("-Security") || line.includes("-security")).length,
    openssl: waiting.filter((line) => openssl.some((name) => line.startsWith(`Inst ${name}`))).map(packageOf),
    unattended: switchedOn && view.about("/usr/bin/unattended-upgrade") !== undefined,
    listed: listed(view),
  };
}

/** `Inst libssl3 [3.0.1-1] (3.0.2-1 Debian-Security:12/stable [amd64])`. */
function packageOf(line: string): string {
  const [, name = "", , version = ""] = line.split(" ");
  return `${name} ${version.replace("(", "")}`.trim();
}

/** The newest of the lists, which apt gives the time of their contents; a stamp says when somebody last asked. */
function listed(view: MachineView): number | undefined {
  const stamp = view.about("/var/lib/apt/periodic/update-success-stamp")?.written;
  const names = view.list(lists).filter((name) => name.includes("_"));
  if (names.length === 0) return undefined;
  return Math.max(stamp ?? 0, view.about(lists)?.written ?? 0);
}
