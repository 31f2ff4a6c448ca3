/** What outlives the process, as plain data behind one port. Times are milliseconds of the wall clock. */
export interface StoredRegistration {
  readonly token: string;
  readonly aor: string;
  readonly user: string;
  readonly domain: string;
  readonly shownDomain: string;
  readonly contactUri: string;
  readonly callId: string;
  readonly cseq: number;
  /** The phone does ICE. */
  readonly ice?: boolean | undefined;
  /** Name of the local socket, and the peer's address: a UDP flow is these three. */
  readonly endpoint: string;
  readonly address: string;
  readonly port: number;
  readonly pbxUntil: number;
  readonly confirmedAt: number;
  readonly provenAt: number;
}

/** What somebody has used, as its owner wrote it: whoever reads it back judges it. */
export interface StoredUse {
  readonly payer: string;
  readonly record: unknown;
}

/** A ban or a lock that stands. */
export interface StoredBan {
  readonly kind: "source" | "suspect" | "account";
  /** Address, network or account. */
  readonly label: string;
  readonly reason: string;
  readonly since: number;
  readonly until: number;
  readonly times: number;
}

/** What is remembered of a configured secret, as its owner wrote it; never the secret. */
export interface StoredMark {
  readonly secret: string;
  readonly mark: unknown;
}

/** Something that somebody has to know, as its owner wrote it. */
export interface StoredAlert {
  readonly alert: string;
  readonly record: unknown;
}

/** A call that is up, as its owner wrote it. */
export interface StoredCall {
  readonly call: string;
  readonly record: unknown;
}

/** By token, payer, call, name of a secret, number of an alert, or kind and label of a ban: what it is now, or that it is gone. */
export type Change =
  | { readonly token: string; readonly registration: StoredRegistration | undefined }
  | { readonly payer: string; readonly record: unknown }
  | { readonly call: string; readonly record: unknown }
  | { readonly banned: string; readonly ban: StoredBan | undefined }
  | { readonly secret: string; readonly mark: unknown }
  | { readonly alert: string; readonly record: unknown };

export interface StorePort {
  registrations(): readonly StoredRegistration[];
  uses(): readonly StoredUse[];
  calls(): readonly StoredCall[];
  bans(): readonly StoredBan[];
  marks(): readonly StoredMark[];
  alerts(): readonly StoredAlert[];
  /** All or none. @throws what the disk says */
  write(changes: readonly Change[]): void;
  /** 32 octets by name, the same at every start; `make` is asked the first time. */
  secret(name: string, make: () => Uint8Array): Uint8Array;
  close(): void;
}
