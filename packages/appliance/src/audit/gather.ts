/** Everything an audit knows, of a file alone or of the machine it serves on. */
import { dirname, join, resolve } from "node:path";
import type { AuditFacts, SecretFacts } from "@ringfence/grade";
import type { Loaded } from "../loading.ts";
import { secretsOf } from "../secrets/secret-watch.ts";
import { type BackupPlaces, backupFacts } from "./backup-facts.ts";
import { certificateFacts } from "./certificate-facts.ts";
import type { KnownHere } from "./facts-desk.ts";
import { machineFacts, type NamedFile } from "./machine-facts.ts";
import { type MachineView, viewOf } from "./machine-view.ts";
import { passwordFacts } from "./password-facts.ts";
import { signersOf } from "./people-facts.ts";
import { runningFacts, type StatusForAudit, withoutV } from "./running-facts.ts";
import { secretFiles } from "./secret-files.ts";

/** The machine that a configuration serves on. */
export interface Host {
  readonly stateDir: string;
  /** What only the process that serves knows; undefined: none does. */
  readonly running: { readonly status: StatusForAudit; readonly known: KnownHere } | undefined;
  /** Where the checkout or the package lies: what is run. */
  readonly programs: readonly string[];
  readonly view: MachineView;
}

export interface Gathered {
  readonly loaded: Loaded;
  /** Undefined: only the file is looked at. */
  readonly host: Host | undefined;
  /** Of the runtime that is installed: `v24.21.0`. */
  readonly node: string;
}

export const installed: readonly string[] = [
  resolve(import.meta.dirname, "../../../.."),
  resolve(import.meta.dirname, "../../.."),
  process.execPath,
];

/** @param now wall clock, in milliseconds */
export function gatherFacts({ loaded, host, node }: Gathered, now: number): AuditFacts {
  const { config } = loaded.file;
  const signers = signersFile(loaded, host);
  return {
    now,
    config,
    certificates: certificateFacts(loaded),
    passwords: passwordFacts(loaded.accounts),
    secrets: secretFacts(loaded, host?.running?.known),
    people: signers?.people,
    programs: signers?.programs,
    backups: host && config.backup && backupFacts(host.view, backupPlaces(loaded, host), now),
    runtime: { node: withoutV(node) },
    machine: host && machineFacts(host.view, filesOf(loaded, host)),
    running: host?.running && runningFacts(host.view, host.running.status, host.running.known.deliveries),
  };
}

/** The process that serves has seen them longer than the times of their files say. */
function secretFacts(loaded: Loaded, known: KnownHere | undefined): readonly SecretFacts[] {
  if (known !== undefined) return known.secrets;
  return secretsOf(loaded).flatMap(({ name, changedAt }) =>
    changedAt === undefined ? [] : [{ name, since: changedAt }],
  );
}

function signersFile({ file: { config, dir } }: Loaded, host: Host | undefined) {
  if (config.admin === undefined) return undefined;
  const own = host === undefined ? undefined : join(host.stateDir, "admins.json");
  const path = config.admin.users === undefined ? own : resolve(dir, config.admin.users);
  const text = path === undefined ? undefined : (host?.view ?? viewOf()).read(path);
  return text === undefined ? undefined : signersOf(text);
}

function backupPlaces({ file: { config, dir } }: Loaded, { stateDir }: Host): BackupPlaces {
  const folder = resolve(dir, config.backup?.to ?? "");
  return { folder, stateDir, others: [dir, join(dir, "secrets"), stateDir] };
}

function filesOf({ file: { config, dir, path } }: Loaded, { stateDir, programs }: Host): readonly NamedFile[] {
  const { logs, backup } = config;
  return [
    { path: resolve(dir, path), what: "configuration" },
    { path: dirname(resolve(dir, path)), what: "configuration" },
    ...secretFiles(config, dir).map((secret): NamedFile => ({ path: secret, what: "secret" })),
    { path: stateDir, what: "state" },
    ...(logs.files === undefined ? [] : [{ path: resolve(dir, logs.files.path), what: "log" } as const]),
    ...(backup === undefined ? [] : [{ path: resolve(dir, backup.to), what: "backup" } as const]),
    ...programs.map((one): NamedFile => ({ path: one, what: "program" })),
  ];
}
