/** What an audit asks of the machine: files of the kernel, and programs of the system that know best. What cannot be had is undefined. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { FileFacts, MachineFacts, OpenPort } from "@ringfence/grade";
import { readOpenPorts } from "./open-ports.ts";

/** A program of the system answers within this, or is not asked any longer. */
const patience = 20_000;
const kernelSettings = [
  "net.core.rmem_max",
  "net.core.netdev_max_backlog",
  "net.core.somaxconn",
  "net.netfilter.nf_conntrack_max",
  "net.ipv4.tcp_syncookies",
];

/** @param files those whose modes count, with what they are */
export function machineFacts(files: readonly Pick<FileFacts, "path" | "what">[]): MachineFacts {
  return {
    ports: openPorts(),
    addresses: Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)),
    dropsByDefault: dropsByDefault(),
    files: files.flatMap(modeOf),
    sysctl: new Map(kernelSettings.flatMap(settingOf)),
    shell: shellFacts(),
    updates: updateFacts(),
    clockKept: clockKept(),
  };
}

function openPorts(): readonly OpenPort[] {
  return (["tcp", "udp"] as const).flatMap((transport) =>
    [transport, `${transport}6`].flatMap((name) => readOpenPorts(readText(`/proc/net/${name}`) ?? "", transport)),
  );
}

/** Whether a base chain on the input hook has the policy `drop`; only root may ask. */
function dropsByDefault(): boolean | undefined {
  const text = ask("nft", ["-j", "list", "chains"]);
  if (text === undefined) return undefined;
  try {
    const { nftables } = JSON.parse(text) as { readonly nftables: readonly { readonly chain?: Chain }[] };
    return nftables.some(({ chain }) => chain?.hook === "input" && chain.policy === "drop");
  } catch {
    return undefined;
  }
}

interface Chain {
  readonly hook?: string;
  readonly policy?: string;
}

function modeOf({ path, what }: Pick<FileFacts, "path" | "what">): readonly FileFacts[] {
  try {
    return [{ path, what, mode: statSync(path).mode & 0o777 }];
  } catch {
    return [];
  }
}

function settingOf(name: string): readonly (readonly [string, number])[] {
  const value = Number(readText(`/proc/sys/${name.replaceAll(".", "/")}`)?.trim());
  return Number.isInteger(value) ? [[name, value]] : [];
}

/** `sshd -T` says what holds after all its files were read; only root may ask. */
function shellFacts(): MachineFacts["shell"] {
  const text = ask("/usr/sbin/sshd", ["-T"]);
  if (text === undefined) return undefined;
  const lines = text.toLowerCase().split("\n");
  return {
    passwords: lines.includes("passwordauthentication yes"),
    root: !lines.includes("permitrootlogin no"),
  };
}

/** A simulation as any user may ask for it: nothing is fetched and nothing is put in. */
function updateFacts(): MachineFacts["updates"] {
  const text = ask("apt-get", ["-s", "-q", "-o", "Debug::NoLocking=true", "upgrade"]);
  if (text === undefined) return undefined;
  const waiting = text.split("\n").filter((line) => line.startsWith("Inst "));
  const switchedOn = readText("/etc/apt/apt.conf.d/20auto-upgrades")?.includes('Unattended-Upgrade "1"') === true;
  return {
    pending: waiting.length,
    security: waiting.filter((line) => line.includes("-Security") || line.includes("-security")).length,
    unattended: switchedOn && existsSync("/usr/bin/unattended-upgrade"),
  };
}

function clockKept(): boolean | undefined {
  const text = ask("timedatectl", ["show", "-p", "NTPSynchronized"])?.trim();
  return text === undefined || text === "" ? undefined : text.endsWith("=yes");
}

function ask(program: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(program, args, { timeout: patience, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}
