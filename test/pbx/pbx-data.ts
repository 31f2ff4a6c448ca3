import type { TransportName } from "./transport.ts";

/** The PBX's own data: extensions, trunks, lines, dial plan. Read from the accounts file; written by people, so errors are thrown with the place. */

export interface Account {
  readonly user: string;
  readonly password: string;
  /** The "one number" right: several devices ring together. */
  readonly oneNumber: boolean;
  /** Concurrent calls; Infinity when there is no limit. */
  readonly maxCalls: number;
  /** Call level: may call through lines and trunks. */
  readonly outgroup: boolean;
  /** Calls go to this number instead, with 181 to the caller. */
  readonly forward: string | undefined;
}

export interface Peer {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
}

/** A SIP trunk: trusted by address, never challenged. Limit 0: no call in that direction. */
export interface Trunk extends Peer {
  readonly name: string;
  readonly callerNumber: string | undefined;
  /** "additional parameter of Request-URI", without the semicolon. */
  readonly uriParam: string | undefined;
  readonly tel: boolean;
  readonly maxIn: number;
  readonly maxOut: number;
}

/** An account with a provider. `via` is where everything is sent while the domain stays logical. */
export interface Line extends Peer {
  readonly name: string;
  readonly number: string;
  readonly domain: string;
  readonly authUser: string;
  readonly password: string;
  /** Extension that calls to the line ring. */
  readonly owner: string;
  readonly maxOut: number;
}

export interface Route {
  readonly prefix: string;
  readonly strip: number;
  readonly to: { readonly kind: "trunk" | "line"; readonly name: string } | { readonly kind: "local" };
}

export interface PbxData {
  readonly realm: string;
  readonly accounts: ReadonlyMap<string, Account>;
  readonly trunks: readonly Trunk[];
  readonly lines: readonly Line[];
  readonly routes: readonly Route[];
  readonly accept: readonly string[];
  readonly reject: readonly string[];
}

/** Captured: the realm is this whatever the domain. */
const constantRealm = "myvoipapp.com";

type Raw = Readonly<Record<string, unknown>>;

const isRaw = (value: unknown): value is Raw => typeof value === "object" && value !== null && !Array.isArray(value);

function need(raw: Raw, name: string, where: string): string {
  const value = raw[name];
  if (typeof value !== "string" || value === "") throw new Error(`${where}.${name}: must be text`);
  return value;
}

const textOr = <D>(raw: Raw, name: string, standard: D): string | D => {
  const value = raw[name];
  return typeof value === "string" ? value : standard;
};
const numberOr = (raw: Raw, name: string, standard: number): number => {
  const value = raw[name];
  return typeof value === "number" ? value : standard;
};
const flagOr = (raw: Raw, name: string, standard: boolean): boolean => {
  const value = raw[name];
  return typeof value === "boolean" ? value : standard;
};

function list<T>(raw: Raw, name: string, read: (item: Raw, where: string) => T): T[] {
  const value = raw[name] ?? [];
  if (!Array.isArray(value)) throw new Error(`${name}: must be a list`);
  return value.map((item: unknown, index) => {
    const where = `${name}[${index}]`;
    if (!isRaw(item)) throw new Error(`${where}: must be an object`);
    return read(item, where);
  });
}

const texts = (raw: Raw, name: string): string[] => {
  const value = raw[name] ?? [];
  if (!Array.isArray(value)) throw new Error(`${name}: must be a list`);
  return value.map(String);
};

function readPeer(raw: Raw, where: string): Peer {
  const transport = textOr(raw, "transport", "udp");
  if (transport !== "udp" && transport !== "tcp" && transport !== "tls")
    throw new Error(`${where}.transport: udp, tcp or tls`);
  return { transport, address: need(raw, "address", where), port: numberOr(raw, "port", 5060) };
}

const readAccount = (raw: Raw, where: string): Account => ({
  user: need(raw, "user", where),
  password: need(raw, "password", where),
  oneNumber: flagOr(raw, "oneNumber", false),
  maxCalls: numberOr(raw, "maxCalls", Number.POSITIVE_INFINITY),
  outgroup: flagOr(raw, "outgroup", true),
  forward: textOr(raw, "forward", undefined),
});

const readTrunk = (raw: Raw, where: string): Trunk => ({
  ...readPeer(raw, where),
  name: need(raw, "name", where),
  callerNumber: textOr(raw, "callerNumber", undefined),
  uriParam: textOr(raw, "uriParam", undefined),
  tel: flagOr(raw, "tel", false),
  maxIn: numberOr(raw, "maxIn", Number.POSITIVE_INFINITY),
  maxOut: numberOr(raw, "maxOut", Number.POSITIVE_INFINITY),
});

const readLine = (raw: Raw, where: string): Line => ({
  ...readPeer(raw, where),
  name: need(raw, "name", where),
  number: need(raw, "number", where),
  domain: need(raw, "domain", where),
  authUser: textOr(raw, "authUser", need(raw, "number", where)),
  password: need(raw, "password", where),
  owner: need(raw, "owner", where),
  maxOut: numberOr(raw, "maxOut", Number.POSITIVE_INFINITY),
});

function readRoute(raw: Raw, where: string): Route {
  const [kind, name = ""] = need(raw, "to", where).split(":");
  if (kind !== "trunk" && kind !== "line" && kind !== "local")
    throw new Error(`${where}.to: local, trunk:NAME or line:NAME`);
  const prefix = textOr(raw, "prefix", "");
  return { prefix, strip: numberOr(raw, "strip", 0), to: kind === "local" ? { kind } : { kind, name } };
}

/** Reads the accounts file's value. Throws an Error that names the place. */
export function readPbxData(value: unknown): PbxData {
  if (!isRaw(value)) throw new Error("accounts file: must be an object");
  const accounts = list(value, "accounts", readAccount);
  return {
    realm: textOr(value, "realm", constantRealm),
    accounts: new Map(accounts.map((account) => [account.user, account])),
    trunks: list(value, "trunks", readTrunk),
    lines: list(value, "lines", readLine),
    routes: list(value, "routes", readRoute),
    accept: texts(value, "accept"),
    reject: texts(value, "reject"),
  };
}
