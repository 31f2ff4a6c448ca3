/** How the secure shell lets people in. `sshd -T` says what holds after all its files were read; whoever may not ask it reads them. */
import type { ShellFacts } from "@ringfence/grade";
import type { MachineView } from "./machine-view.ts";

const mainFile = "/etc/ssh/sshd_config";
const mostFiles = 64;
/** sshd_config(5). */
const defaults: ReadonlyMap<string, string> = new Map([
  ["passwordauthentication", "yes"],
  ["kbdinteractiveauthentication", "yes"],
  ["usepam", "no"],
  ["permitrootlogin", "prohibit-password"],
  ["permitemptypasswords", "no"],
]);

/** Undefined: there is none. */
export function shellFacts(view: MachineView): ShellFacts | undefined {
  const told = view.ask("sshd", ["-T"]);
  const text = told ?? view.read(mainFile);
  if (text === undefined) return undefined;
  const said = new Map<string, string>();
  readInto(said, text, view, 0);
  const setting = (name: string): string => said.get(name) ?? defaults.get(name) ?? "";
  const byQuestion = setting("kbdinteractiveauthentication") === "yes" && setting("usepam") === "yes";
  return {
    passwords: setting("passwordauthentication") === "yes" || byQuestion,
    root: setting("permitrootlogin") !== "no",
    emptyPasswords: setting("permitemptypasswords") === "yes",
  };
}

/** The first value of a key counts; what stands under `Match` is for some only. */
function readInto(said: Map<string, string>, text: string, view: MachineView, depth: number): void {
  for (const line of text.split("\n")) {
    const words = line.replaceAll("=", " ").replaceAll("\t", " ").trim().toLowerCase().split(" ");
    const [key = "", ...values] = words.filter((word) => word !== "");
    if (key === "match") return;
    if (key.startsWith("#") || key === "") continue;
    if (key === "include") {
      // Names of files keep their letters.
      const patterns = line.trim().split(" ").slice(1);
      if (depth < 2)
        for (const file of patterns.flatMap((one) => filesOf(one, view))) readFile(said, file, view, depth);
    } else if (!said.has(key)) said.set(key, values.join(" "));
  }
}

function readFile(said: Map<string, string>, path: string, view: MachineView, depth: number): void {
  const text = view.read(path);
  if (text !== undefined) readInto(said, text, view, depth + 1);
}

/** `/etc/ssh/sshd_config.d/*.conf`; another pattern than an ending nobody writes there. */
function filesOf(pattern: string, view: MachineView): readonly string[] {
  const path = pattern.startsWith("/") ? pattern : `/etc/ssh/${pattern}`;
  const star = path.indexOf("*");
  if (star < 0) return [path];
  const folder = path.slice(0, path.lastIndexOf("/"));
  const ending = path.slice(star + 1);
  return view
    .list(folder)
    .filter((name) => name.endsWith(ending))
    .slice(0, mostFiles)
    .map((name) => `${folder}/${name}`);
}
