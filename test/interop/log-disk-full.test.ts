/** A disk that is really full: a file system of a megabyte, in a mount namespace of its own. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { findProgram } from "../support/outside-program.ts";
import { laboratoryTest } from "./laboratory/laboratory-test.ts";
import type { Survived } from "./small-disk/full-disk.ts";

const program = fileURLToPath(new URL("small-disk/full-disk.ts", import.meta.url));
const unshare = findProgram("unshare") ?? "unshare";
const mounted = 'mount -t tmpfs -o size=1M none "$1" && exec "$2" "$3" "$1"';

laboratoryTest()(
  "a full disk tears no line and loses none while memory has room: what waited is written when there is room again",
  () => {
    const dir = mkdtempSync(join(tmpdir(), "ringfence-small-disk-"));
    const shell = ["-m", "sh", "-c", mounted, "sh", dir, process.execPath, program];
    const { stdout, stderr } = spawnSync(unshare, shell, { encoding: "utf8" });
    rmSync(dir, { recursive: true });
    expect(stderr).toBe("");
    const [files, spool, count] = JSON.parse(stdout) as readonly [Survived, Survived, number];
    const all = Array.from({ length: count }, (_, i) => i);
    for (const { numbers, said, lost } of [files, spool]) {
      expect(said).toEqual(["ENOSPC", "recovered"]);
      expect(lost).toBe(0);
      expect(numbers).toEqual(all);
    }
  },
);
