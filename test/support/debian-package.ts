/** The Debian package of this checkout, made by deploy/debian/build as for a release, without the minute that xz takes. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runLocked } from "./locked.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const kept = join(root, ".state/debian");

/** What is made of other sources goes away. */
const script = `
root=$1 mark=$2 version=$3; cd "$(dirname "$mark")"
for old in tree-* packages-*; do case $old in *-"$(basename "$mark")") ;; *) rm -rf "$old" ;; esac; done
[ -e "tree-$(basename "$mark")" ] || { rm -rf part; "$root/deploy/tree" part; mv part "tree-$(basename "$mark")"; }
ls "packages-$(basename "$mark")/ringfence_$version"_*.deb >/dev/null 2>&1 ||
  "$root/deploy/debian/build" --version "$version" --tree "tree-$(basename "$mark")" --compression none --output "packages-$(basename "$mark")"
`;

/** The path of a package that calls itself that version. @throws Error with what the build said */
export async function debianPackage(version = "0.1.0"): Promise<string> {
  const mark = join(kept, sourcesMark());
  await runLocked(join(kept, "lock"), script, [root, mark, version]);
  const architecture = process.arch === "arm64" ? "arm64" : "amd64";
  return join(kept, `packages-${sourcesMark()}`, `ringfence_${version}_${architecture}.deb`);
}

/** Another one for every change of a file that git knows. */
function sourcesMark(): string {
  const ask = (...args: readonly string[]): string =>
    execFileSync("git", ["-C", root, ...args], { encoding: "utf8", maxBuffer: 256 * 1024 * 1024 });
  return createHash("sha256").update(ask("ls-files", "-s")).update(ask("diff")).digest("hex").slice(0, 12);
}
