/** Everything an audit knows, of a file alone or of the machine it serves on. */
import { resolve } from "node:path";
import type { AuditFacts, FileFacts, RunningFacts } from "@ringfence/grade";
import type { SecretSource } from "@ringfence/policy";
import type { Loaded } from "../loading.ts";
import { certificateFacts } from "./certificate-facts.ts";
import { machineFacts } from "./machine-facts.ts";
import { passwordFacts } from "./password-facts.ts";

export interface Gathered {
  readonly loaded: Loaded;
  /** Undefined: only the file is looked at. */
  readonly host: { readonly stateDir: string; readonly running: RunningFacts | undefined } | undefined;
}

export function gatherFacts({ loaded, host }: Gathered, now: number): AuditFacts {
  return {
    now,
    config: loaded.file.config,
    certificates: certificateFacts(loaded),
    passwords: passwordFacts(loaded.accounts),
    secrets: loaded.certificates.seen.flatMap(({ name, changedAt }) =>
      changedAt === undefined ? [] : [{ name, since: changedAt }],
    ),
    people: undefined,
    machine: host === undefined ? undefined : machineFacts(filesOf(loaded, host.stateDir)),
    running: host?.running,
  };
}

function filesOf({ file }: Loaded, stateDir: string): readonly Pick<FileFacts, "path" | "what">[] {
  const { config, dir, path } = file;
  const secrets = [
    ...[...config.certificates.values()].map(({ key }) => key),
    ...config.trunks.flatMap(({ credentials }) => (credentials === undefined ? [] : [credentials.password])),
  ];
  return [
    { path, what: "configuration" },
    ...secrets.flatMap((source) => inFile(source, dir)),
    ...(config.phones.accounts === undefined ? [] : [secretFile(resolve(dir, config.phones.accounts))]),
    { path: stateDir, what: "state" },
  ];
}

function inFile(source: SecretSource, dir: string): readonly Pick<FileFacts, "path" | "what">[] {
  return source.kind === "file" ? [secretFile(resolve(dir, source.path))] : [];
}

function secretFile(path: string): Pick<FileFacts, "path" | "what"> {
  return { path, what: "secret" };
}
