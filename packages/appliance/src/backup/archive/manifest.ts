/** What is in a backup: the first member of the archive, so that whoever reads on knows what has to come. */
import { RingfenceError } from "@ringfence/policy";
import { z } from "zod";
import { fitsName, largestMember } from "./tar-header.ts";

export const MANIFEST = "manifest.json";
export const mostFiles = 10_000;
export const largestManifest = 16_777_216;

const path = z.string().min(1).max(4_096);
const name = z.string().max(64);

const file = z.strictObject({
  /** Its name in the archive. */
  member: z.string().refine(fitsName),
  /** `named`: the configuration names it, and so is absolute, as the configuration itself; `state`: from the state folder on. */
  part: z.enum(["config", "named", "state"]),
  path,
  size: z.int().min(0).max(largestMember),
  mode: z.int().min(0).max(0o777),
  /** Names, for a machine with other numbers; empty: nobody has that number. */
  owner: name,
  group: name,
  /** Hexadecimal. */
  sha256: z.string().length(64),
  /** Of a database: the number of its shape. */
  shape: z.int().min(0).optional(),
});

const manifest = z.strictObject({
  format: z.literal(1),
  /** Version of Ringfence. */
  product: z.string().max(64),
  /** ISO 8601. */
  made: z.iso.datetime(),
  reason: z.string().max(64),
  host: z.string().max(256),
  /** Absolute. */
  config: path,
  stateDir: path,
  /** Secrets that the configuration takes from the environment: they are not in here. */
  environment: z.array(z.string().max(256)).max(1_000),
  files: z.array(file).min(1).max(mostFiles),
});

export type Manifest = z.infer<typeof manifest>;
export type ManifestFile = Manifest["files"][number];

/**
 * @param room octets in the archive: what is in it cannot be more, for nothing is compressed
 * @throws RingfenceError `backup-refused`
 */
export function readManifest(text: string, room: number): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refused("its manifest is no JSON");
  }
  if (typeof value === "object" && value !== null && "format" in value && value.format !== 1) {
    const remedy = "Restore it with the version that made it, or a later one.";
    throw new RingfenceError("backup-refused", `it has format ${String(value.format).slice(0, 20)}`, remedy);
  }
  const read = manifest.safeParse(value);
  if (!read.success) throw refused(`its manifest is not as it must be (${read.error.issues[0]?.path.join(".") ?? ""})`);
  const strange = complaint(read.data, room);
  if (strange !== undefined) throw refused(strange);
  return read.data;
}

export function refused(why: string): RingfenceError {
  return new RingfenceError("backup-refused", why, "Nothing was touched; take another backup.");
}

function complaint({ files, config, stateDir }: Manifest, room: number): string | undefined {
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > room) return `it says that it holds ${total} octets, and has room for ${room}`;
  const members = new Set(files.map(({ member }) => member));
  const paths = new Set(files.map(({ part, path: at }) => `${part === "state"} ${at}`));
  if (members.size !== files.length || paths.size !== files.length) return "it holds a file twice";
  const outside = files.find(({ part, path: at }) => (part === "state" ? !staysInside(at) : !isWhole(at)));
  if (outside !== undefined) return `${outside.path} leads to another place`;
  if (![config, stateDir].every(isWhole)) return "it does not say where its files belong";
  const inState = config.startsWith(`${stateDir}/`) ? config.slice(stateDir.length + 1) : undefined;
  const holds = files.some((one) => (one.part === "config" ? one.path === config : one.path === inState));
  return holds ? undefined : "it holds no configuration";
}

/** `/etc/ringfence/ringfence.yaml`: from the root on, and nothing in it that leads elsewhere. */
function isWhole(at: string): boolean {
  return at.startsWith("/") && staysInside(at.slice(1));
}

function staysInside(at: string): boolean {
  const steps = at.split("/");
  return steps.every((step) => step !== "" && step !== "." && step !== "..") && !at.includes("\0");
}
