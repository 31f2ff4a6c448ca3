/** What an audit asks of the machine around Ringfence. What cannot be had is undefined. */
import type { FileFacts, FileKind, MachineFacts, OpenPort } from "@ringfence/grade";
import type { MachineView } from "./machine-view.ts";
import { readOpenPorts } from "./open-ports.ts";
import { shellFacts } from "./shell-facts.ts";
import { updateFacts } from "./update-facts.ts";

export interface NamedFile {
  readonly path: string;
  readonly what: FileKind;
}

const kernelSettings = [
  "net.core.rmem_max",
  "net.core.netdev_max_backlog",
  "net.core.somaxconn",
  "net.netfilter.nf_conntrack_max",
  "net.ipv4.tcp_syncookies",
];
/** What dpkg and editors of packages leave beside a file that a person had changed. */
const asideEndings = [".dpkg-dist", ".dpkg-new", ".dpkg-old", ".ucf-dist"];
/** Here a unit or a setting of ours stands before the one that was installed. */
const beforeOurs = "/etc/systemd/system";
const ourName = "ringfence";

/** @param files those whose modes count */
export function machineFacts(view: MachineView, files: readonly NamedFile[]): MachineFacts {
  return {
    ports: openPorts(view),
    interfaces: view.interfaces(),
    dropsByDefault: dropsByDefault(view),
    files: files.flatMap((file) => modeOf(view, file)),
    sysctl: new Map(kernelSettings.flatMap((name) => settingOf(view, name))),
    shell: shellFacts(view),
    updates: updateFacts(view),
    needsRestart: view.about("/run/reboot-required") !== undefined,
    otherRoots: otherRoots(view),
    leftovers: leftovers(view),
    clockKept: clockKept(view),
  };
}

function openPorts(view: MachineView): readonly OpenPort[] {
  return (["tcp", "udp"] as const).flatMap((transport) =>
    [transport, `${transport}6`].flatMap((name) => readOpenPorts(view.read(`/proc/net/${name}`) ?? "", transport)),
  );
}

/** Whether a base chain on the input hook has the policy `drop`; only root may ask. */
function dropsByDefault(view: MachineView): boolean | undefined {
  const text = view.ask("nft", ["-j", "list", "chains"]);
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

function modeOf(view: MachineView, { path, what }: NamedFile): readonly FileFacts[] {
  const about = view.about(path);
  return about === undefined ? [] : [{ path, what, mode: about.mode, owner: about.owner }];
}

function settingOf(view: MachineView, name: string): readonly (readonly [string, number])[] {
  const value = Number(view.read(`/proc/sys/${name.replaceAll(".", "/")}`)?.trim());
  return Number.isInteger(value) ? [[name, value]] : [];
}

/** passwd(5), shadow(5); the second only root may read. */
function otherRoots(view: MachineView): readonly string[] {
  const rows = (path: string): readonly (readonly string[])[] =>
    (view.read(path) ?? "").split("\n").map((line) => line.split(":"));
  return [
    ...rows("/etc/passwd").flatMap(([name = "", , uid]) => (uid === "0" && name !== "root" ? [`${name} is root`] : [])),
    ...rows("/etc/shadow").flatMap(([name = "", hash]) =>
      name !== "" && hash === "" ? [`${name} has no password`] : [],
    ),
  ];
}

function leftovers(view: MachineView): readonly string[] {
  const aside = ["/etc/ringfence", "/etc/sysctl.d", "/etc/default", beforeOurs].flatMap((folder) =>
    view
      .list(folder)
      .filter((name) => folder.includes(ourName) || name.includes(ourName))
      .filter((name) => asideEndings.some((ending) => name.endsWith(ending)))
      .map((name) => `${folder}/${name} was put aside by an upgrade`),
  );
  // A link there is how systemd enables a unit; a file, and a folder of overrides, is somebody's own.
  const before = view.list(beforeOurs).filter((name) => {
    const isUnit = name.startsWith(ourName) && (name.endsWith(".service") || name.endsWith(".service.d"));
    return isUnit && view.about(`/usr/lib/systemd/system/${name.replace(".service.d", ".service")}`) !== undefined;
  });
  return [...aside, ...before.map((name) => `${beforeOurs}/${name} stands before the unit that is installed`)];
}

function clockKept(view: MachineView): boolean | undefined {
  const text = view.ask("timedatectl", ["show", "-p", "NTPSynchronized"])?.trim();
  return text === undefined || text === "" ? undefined : text.endsWith("=yes");
}
