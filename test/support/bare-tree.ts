/**
 * A bare Debian 12 in a folder: what a machine has on the day it is installed, with systemd, and nothing of ours. Made once by mmdebstrap with the
 * sources that apt has here; whoever uses it puts a layer of their own above (laboratory/bare-machine.ts).
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runLocked } from "./locked.ts";

const kept = fileURLToPath(new URL("../../.state/bare", import.meta.url));

/** What Debian's installer would have put there, as far as anything here looks at it. */
const packages = ["systemd", "systemd-sysv", "adduser", "nftables", "iproute2", "procps"];

/** Pages and translations that nobody reads here; no wait for a disk that nobody will cut the power of. */
const options = [
  ...["doc", "man", "locale", "info"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
  "--dpkgopt=force-unsafe-io",
  '--aptopt=Acquire::Languages "none"',
];

const script = `
tree=$1; shift
[ ! -e "$tree" ] || exit 0
sources=$(apt-get indextargets --format 'deb $(SITE) $(RELEASE) $(COMPONENT)' 'Identifier: Packages' 'Origin: Debian' | sort -u)
[ -n "$sources" ] || { echo "apt knows no packages of Debian: apt-get update" >&2; exit 1; }
rm -rf --one-file-system "$tree.part"
# What it mounts while it works goes with it, also when it is killed.
printf '%s\\n' "$sources" | unshare --mount mmdebstrap --quiet --mode=root --variant=minbase "$@" bookworm "$tree.part" -
mv "$tree.part" "$tree"
`;

/** The path of the folder, which nobody may write to. @throws Error with what mmdebstrap said */
export async function bareTree(): Promise<string> {
  const args = ["--skip=output/dev", `--include=${packages.join(",")}`, ...options];
  const tree = join(kept, createHash("sha256").update(script).update(args.join()).digest("hex").slice(0, 12));
  await runLocked(join(kept, "lock"), script, [tree, ...args]);
  return tree;
}
