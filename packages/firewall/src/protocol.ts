/** What the appliance and the helper say to each other: one JSON object a line, one request a connection. Nothing else is understood. */
import { type BanPlace, readSource } from "./ban-place.ts";

export interface KernelBan {
  /** As `./ringfence bans` names it: `192.0.2.1`, `2001:db8:1:2::/64`, `2001:db8:1::/48`. */
  readonly source: string;
  /** How long still. */
  readonly seconds: number;
}

export type FirewallRequest =
  /** A ban that is there gets this end. */
  | { readonly do: "add"; readonly bans: readonly KernelBan[] }
  | { readonly do: "remove"; readonly sources: readonly string[] }
  /** What is really there, read from the kernel. */
  | { readonly do: "list" }
  | { readonly do: "counters" }
  /** The ruleset again, from the one file that the helper was started with. */
  | { readonly do: "load" };

/** Packets that each rule has dropped since it was loaded. */
export const dropCounters = ["banned", "over_rate", "denied", "stranger"] as const;
export type DropCounts = Readonly<Record<(typeof dropCounters)[number], number>>;

export interface RulesInForce {
  /** Of what the ruleset was made: the digest of `ruleset`. Undefined: not by this version. */
  readonly madeFrom?: string | undefined;
  readonly dropped: DropCounts;
}

/** `no-rules`: the table is not there. */
export const firewallFailures = ["bad-request", "too-fast", "no-rules", "nft"] as const;

export type FirewallAnswer =
  | { readonly ok: true; readonly bans?: readonly KernelBan[]; readonly rules?: RulesInForce }
  | { readonly ok: false; readonly reason: (typeof firewallFailures)[number]; readonly detail: string };

/** Bans in one request. */
export const mostBans = 512;
/** In characters: so many bans, with the longest name each. */
export const longestRequest = mostBans * 96;
/** In characters: what all three sets can hold. */
export const longestAnswer = 16_777_216;
/** A year. */
const mostSeconds = 31_536_000;

/** A request with every value read: what is carried out is made of this and of nothing else. */
export type Order =
  | { readonly do: "add"; readonly bans: readonly (BanPlace & { readonly seconds: number })[] }
  | { readonly do: "remove"; readonly bans: readonly BanPlace[] }
  | { readonly do: "list" | "counters" | "load" };

/** Hostile input is a value: anything but a request as above is undefined, whole. */
export function readOrder(line: string): Order | undefined {
  if (line.length > longestRequest) return undefined;
  const request = parsed(line);
  switch (request?.["do"]) {
    case "add": {
      const bans = listOf(request["bans"], readBan);
      return bans && { do: "add", bans };
    }
    case "remove": {
      const bans = listOf(request["sources"], (source) =>
        typeof source === "string" ? readSource(source) : undefined,
      );
      return bans && { do: "remove", bans };
    }
    case "list":
    case "counters":
    case "load":
      return { do: request["do"] };
    default:
      return undefined;
  }
}

function readBan(value: unknown): (BanPlace & { readonly seconds: number }) | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { source, seconds }: Readonly<Record<string, unknown>> = { ...value };
  if (typeof source !== "string" || typeof seconds !== "number") return undefined;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > mostSeconds) return undefined;
  const place = readSource(source);
  return place && { ...place, seconds };
}

/** Undefined when it is no list, is too long, or one of it cannot be read. */
function listOf<T>(value: unknown, read: (one: unknown) => T | undefined): readonly T[] | undefined {
  if (!Array.isArray(value) || value.length === 0 || value.length > mostBans) return undefined;
  const found = value.map((one) => read(one)).filter((one) => one !== undefined);
  return found.length === value.length ? found : undefined;
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
