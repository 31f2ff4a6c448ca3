/** A backup unpacked into a folder of its own, and what can be said of it without starting anything. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { mapNamed, RingfenceError } from "@ringfence/policy";
import { openRecordFile } from "@ringfence/store";
import type { Manifest } from "../../backup/archive/manifest.ts";
import { intoFile } from "../../backup/archive/unpack.ts";
import type { Environment } from "../../environment.ts";
import { type Loaded, loadEverything } from "../../loading.ts";
import { refuseNewer } from "../../newer-state.ts";
import { type BackupFile, lookThrough, readBackup } from "../read-backup.ts";

export interface Unpacked {
  readonly manifest: Manifest;
  readonly stateDir: string;
  /** The configuration, its paths changed to where its files are now. */
  readonly file: Readonly<Record<string, unknown>>;
  readonly loaded: Loaded;
}

/** @param folder is there and empty. @throws RingfenceError, ConfigError with what is wrong with it */
export async function unpackForLook(backup: BackupFile, folder: string, environment: Environment): Promise<Unpacked> {
  const { manifest, configText } = await lookThrough(backup);
  const stateDir = join(folder, "state");
  const files = join(folder, "files");
  for (const made of [stateDir, files]) mkdirSync(made, { mode: 0o700 });
  const places = new Map(
    manifest.files.map(({ member, part, path }, index) => {
      const place = part === "state" ? join(stateDir, path) : join(files, String(index));
      return [member, { place, was: part === "state" ? join(manifest.stateDir, path) : path }] as const;
    }),
  );
  await readBackup(backup, () => ({ member }) => {
    const place = places.get(member)?.place ?? "";
    mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
    return intoFile(place);
  });
  const now = new Map([...places.values()].map(({ place, was }) => [was, place]));
  const before = dirname(manifest.config);
  // What is not in it (folders, sockets) is one that nobody else has.
  const path = (name: string): string => now.get(resolve(before, name)) ?? join(folder, "none");
  const file = { ...mapNamed(configText, { path, variable: () => undefined }), state: { dir: stateDir } };
  const config = join(folder, "ringfence.yaml");
  writeFileSync(config, JSON.stringify(file), { mode: 0o600 });
  const loaded = await loadEverything(config, environment, async () => ({ cert: "", key: "" }));
  return { manifest, stateDir, file, loaded };
}

/** How many rows are in its books. @throws RingfenceError when one was changed or dropped, or nobody here can read them */
export function countRecords(stateDir: string): number {
  let rows = 0;
  for (const name of ["records.db", "audit.db"]) {
    const path = join(stateDir, name);
    if (!existsSync(path)) continue;
    rows += rowsOf(path, name);
  }
  return rows;
}

function rowsOf(path: string, name: string): number {
  try {
    const book = openRecordFile(path);
    const { rows, faults } = book.verify();
    book.close();
    const [fault] = faults;
    if (fault === undefined) return rows;
    throw new RingfenceError("backup-refused", `${name}: row ${fault.seq} is ${fault.kind}`, "Take another backup.");
  } catch (error) {
    refuseNewer(error);
    throw error;
  }
}
