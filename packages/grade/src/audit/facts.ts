/** What an audit knows. Whatever could not be looked at is undefined: no question about it is answered then, neither way. */
import type { Config } from "@ringfence/policy";

export interface AuditFacts {
  /** Wall clock, in milliseconds. */
  readonly now: number;
  readonly config: Config;
  /** Those that listeners use, by their name in the file; of none, the one that was made and signed by ourselves. */
  readonly certificates: readonly CertificateFacts[] | undefined;
  /** Undefined without `authentication: edge`. */
  readonly passwords: PasswordFacts | undefined;
  readonly secrets: readonly SecretFacts[] | undefined;
  /** Who may sign in; undefined: there is no console, or nobody may look. */
  readonly people: readonly PersonFacts[] | undefined;
  /** Keys of programs. */
  readonly programs: readonly ProgramFacts[] | undefined;
  /** Undefined: there is no section for them, or nobody may look. */
  readonly backups: BackupFacts | undefined;
  readonly runtime: RuntimeFacts;
  readonly machine: MachineFacts | undefined;
  /** Undefined: no Ringfence runs here with this configuration. */
  readonly running: RunningFacts | undefined;
}

export interface CertificateFacts {
  readonly name: string;
  readonly notAfter: number;
  readonly selfSigned: boolean;
  readonly key: "rsa" | "ec" | "other";
  /** Of an RSA key; of others its length means something else. */
  readonly bits: number;
  /** Certificates in the file, its own one included. */
  readonly chain: number;
  /** Domains of the phones that it does not stand for. */
  readonly missingNames: readonly string[];
}

export interface PasswordFacts {
  readonly accounts: number;
  /** Accounts whose password is guessable: as long as they are named, or few. */
  readonly weak: readonly string[];
  /** Accounts whose password stands in the file and not only its hash. */
  readonly plain: readonly string[];
}

export interface SecretFacts {
  readonly name: string;
  /** When it was seen first, in milliseconds. */
  readonly since: number;
}

/** What is installed, whether it runs or not. */
export interface RuntimeFacts {
  /** Of Node, as `24.21.0`. */
  readonly node: string;
}

/** What lies in the folder of backups. Times in milliseconds. */
export interface BackupFacts {
  /** When the last one was made; undefined: there is none. */
  readonly last: number | undefined;
  /** Whether the last one was taken to another machine; undefined: nobody can tell. */
  readonly copied: boolean | undefined;
  /** The last one that somebody tried to restore. */
  readonly verified: { readonly at: number; readonly ok: boolean } | undefined;
  /** Files there that are not encrypted. */
  readonly open: readonly string[];
  /** Files of this machine that hold what opens the backups. */
  readonly keys: readonly string[];
}

export interface PersonFacts {
  readonly name: string;
  readonly factors: readonly ("totp" | "passkey")[];
}

export interface ProgramFacts {
  readonly name: string;
  readonly role: string;
  /** It is taken from these addresses only; empty: from all. */
  readonly addresses: readonly string[];
}

/** A socket that waits for somebody. */
export interface OpenPort {
  readonly transport: "udp" | "tcp";
  readonly address: string;
  readonly port: number;
  /** Empty where nobody may know. */
  readonly program: string;
}

export interface FileFacts {
  readonly path: string;
  readonly what: FileKind;
  /** The lowest nine bits of the mode. */
  readonly mode: number;
  /** Number of its owner. */
  readonly owner: number;
}

/** `program`: what is run. */
export type FileKind = "configuration" | "secret" | "state" | "log" | "backup" | "program";

export interface InterfaceAddress {
  /** Of the interface: `eth0`. */
  readonly name: string;
  readonly address: string;
}

export interface ShellFacts {
  /** A password is enough. */
  readonly passwords: boolean;
  readonly root: boolean;
  readonly emptyPasswords: boolean;
}

export interface MachineFacts {
  readonly ports: readonly OpenPort[];
  readonly interfaces: readonly InterfaceAddress[];
  /** Some chain of the kernel drops what comes in and is not asked for; undefined: nobody may look. */
  readonly dropsByDefault: boolean | undefined;
  readonly files: readonly FileFacts[];
  /** By their names with dots; those that are not there are missing. */
  readonly sysctl: ReadonlyMap<string, number>;
  /** Of the secure shell's server; undefined: there is none, or nobody may look. */
  readonly shell: ShellFacts | undefined;
  /** Undefined: this is no Debian. */
  readonly updates: UpdateFacts | undefined;
  /** An update is in place that the running kernel or its programs do not have yet. */
  readonly needsRestart: boolean;
  /** Names beside root that are root, and names without a password. */
  readonly otherRoots: readonly string[];
  /** Files of an installation that an upgrade left aside, or that stand before its own. */
  readonly leftovers: readonly string[];
  /** The clock is kept by somebody; undefined: nobody can tell. */
  readonly clockKept: boolean | undefined;
}

export interface UpdateFacts {
  readonly pending: number;
  readonly security: number;
  /** Packages of OpenSSL that wait, with their versions. */
  readonly openssl: readonly string[];
  readonly unattended: boolean;
  /** When the list of packages was last fetched, in milliseconds; undefined: never. */
  readonly listed: number | undefined;
}

/** An alert or a test of one that somebody took. */
export interface DeliveryFacts {
  readonly receiver: string;
  readonly way: string;
  /** In milliseconds. */
  readonly at: number;
}

export interface RunningFacts {
  readonly uid: number;
  /** Effective capabilities, as the kernel's bits. */
  readonly capabilities: bigint;
  readonly openFiles: number;
  /** Of the runtime that serves: `24.21.0`. */
  readonly node: string;
  readonly version: string;
  readonly versionHere: string;
  readonly inShadow: readonly string[];
  readonly kernel: { readonly state: string; readonly why: string };
  /** Of each way to be told, the last that arrived. */
  readonly deliveries: readonly DeliveryFacts[];
}
