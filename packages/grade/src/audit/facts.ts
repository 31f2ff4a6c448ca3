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
  readonly people: readonly PersonFacts[] | undefined;
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

export interface PersonFacts {
  readonly name: string;
  readonly factors: readonly ("totp" | "passkey")[];
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
  /** What it is, in a word: `configuration`, `secret`, `state`. */
  readonly what: "configuration" | "secret" | "state";
  /** The lowest nine bits of the mode. */
  readonly mode: number;
}

export interface MachineFacts {
  readonly ports: readonly OpenPort[];
  /** Addresses of its interfaces. */
  readonly addresses: readonly string[];
  /** Some chain of the kernel drops what comes in and is not asked for; undefined: nobody may look. */
  readonly dropsByDefault: boolean | undefined;
  readonly files: readonly FileFacts[];
  /** By their names with dots; those that are not there are missing. */
  readonly sysctl: ReadonlyMap<string, number>;
  /** Of the secure shell's server; undefined: there is none, or nobody may look. */
  readonly shell: { readonly passwords: boolean; readonly root: boolean } | undefined;
  /** Undefined: nobody can tell. */
  readonly updates: { readonly pending: number; readonly security: number; readonly unattended: boolean } | undefined;
  /** The clock is kept by somebody; undefined: nobody can tell. */
  readonly clockKept: boolean | undefined;
}

export interface RunningFacts {
  readonly uid: number;
  /** Effective capabilities, as the kernel's bits. */
  readonly capabilities: bigint;
  readonly openFiles: number;
  /** Of the runtime that serves: `24.21.0`. */
  readonly node: string;
  /** The one that this version was made for. */
  readonly nodeWanted: string;
  readonly version: string;
  readonly versionHere: string;
  readonly inShadow: readonly string[];
  readonly kernel: { readonly state: string; readonly why: string };
}
