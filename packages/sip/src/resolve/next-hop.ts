/**
 * RFC 3263 §4.1 and §4.2 as a function of what DNS has said so far: it names the questions still open, or the hops.
 * Bounded everywhere: a zone is somebody else's text, and must not become a thousand connections.
 */
import { isIpv4, isIpv6 } from "../parse/host.ts";
import {
  type Answers,
  type NaptrRecord,
  type Question,
  type QuestionType,
  questionKey,
  type SipTransport,
  type SrvRecord,
  type Target,
} from "./records.ts";

/** A place to send to. `host` is the name that a TLS certificate must carry: the one asked for, not what SRV said. */
export interface Hop {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly transport: SipTransport;
  /** The lowest is tried first; among equals `weight` shares. */
  readonly priority: number;
  readonly weight: number;
}

export type Resolution =
  | { readonly kind: "ask"; readonly questions: readonly Question[] }
  | { readonly kind: "hops"; readonly hops: readonly Hop[]; readonly ttlMs: number };

/** Records of one answer that are looked at. */
const MAX_RECORDS = 16;
/** Hops of one target; more than that is never tried for one call. */
const MAX_HOPS = 32;

const srvPrefix: Readonly<Record<SipTransport, string>> = { udp: "_sip._udp.", tcp: "_sip._tcp.", tls: "_sips._tcp." };

/** RFC 3263 §4.1: NAPTR services of the transports we have; D2U is UDP, D2T is TCP. */
const services: ReadonlyMap<string, SipTransport> = new Map([
  ["sip+d2u", "udp"],
  ["sip+d2t", "tcp"],
  ["sips+d2t", "tls"],
]);

interface Place {
  readonly name: string;
  readonly port: number;
  readonly transport: SipTransport;
  readonly priority: number;
  readonly weight: number;
}

type RecordsOf<T extends QuestionType> = T extends "NAPTR"
  ? readonly NaptrRecord[]
  : T extends "SRV"
    ? readonly SrvRecord[]
    : readonly string[];

/** What DNS was asked on the way, and how long the result holds. */
class Reading {
  readonly open: Question[] = [];
  ttlMs = Number.POSITIVE_INFINITY;
  readonly #answers: Answers;

  constructor(answers: Answers) {
    this.#answers = answers;
  }

  ask<T extends QuestionType>(type: T, name: string): RecordsOf<T> | undefined {
    const answer = this.#answers.get(questionKey({ type, name }));
    if (answer === undefined) {
      this.open.push({ type, name });
      return undefined;
    }
    this.ttlMs = Math.min(this.ttlMs, answer.ttlMs);
    const records = answer.type === type && "records" in answer ? answer.records : [];
    return records as RecordsOf<T>;
  }
}

/** @param families the kinds of address that a socket of ours could reach, in the order of preference */
export function resolveTarget(target: Target, answers: Answers, families: readonly (4 | 6)[]): Resolution {
  const { host } = target;
  if (isAddress(host)) {
    const transport = target.transport ?? "udp";
    const port = target.port ?? defaultPort(transport);
    return { kind: "hops", hops: [{ host, address: host, port, transport, priority: 0, weight: 0 }], ttlMs: Infinity };
  }
  const reading = new Reading(answers);
  const places = placesOf(target, reading);
  if (places === undefined) return { kind: "ask", questions: reading.open };
  const hops: Hop[] = [];
  for (const place of places.slice(0, MAX_RECORDS)) {
    for (const address of addressesOf(place.name, reading, families)) {
      const { port, transport, priority, weight } = place;
      if (hops.length < MAX_HOPS) hops.push({ host, address, port, transport, priority, weight });
    }
  }
  if (reading.open.length > 0) return { kind: "ask", questions: reading.open };
  return { kind: "hops", hops, ttlMs: reading.ttlMs };
}

/** Names with ports, by NAPTR and SRV where the URI left them open; undefined while a question is open. */
function placesOf(target: Target, reading: Reading): readonly Place[] | undefined {
  const { host, port } = target;
  // §4.1: a port says "no NAPTR", §4.2: and "no SRV".
  if (port !== undefined) return [plainPlace(host, target.transport ?? "udp", port)];
  const found = target.transport === undefined ? byNaptr(host, reading) : bySrv(host, [target.transport], reading);
  if (found === undefined) return undefined;
  return found.length > 0 ? found : [plainPlace(host, target.transport ?? "udp", undefined)];
}

/** §4.1: NAPTR chooses the transport and the SRV name; without NAPTR each SRV name is asked for. */
function byNaptr(host: string, reading: Reading): readonly Place[] | undefined {
  const records = reading.ask("NAPTR", host);
  if (records === undefined) return undefined;
  const usable = records
    .slice(0, MAX_RECORDS)
    .filter((r) => r.flags.toLowerCase() === "s" && r.regexp === "" && services.has(r.service.toLowerCase()))
    .toSorted((one, other) => one.order - other.order || one.preference - other.preference);
  if (usable.length === 0) return bySrv(host, ["tls", "tcp", "udp"], reading);
  // The order is the client's duty (RFC 3263 §4.1): the first transport we have, all of its hosts, then the next.
  const places = usable.map((record, rank) => {
    const transport = services.get(record.service.toLowerCase()) ?? "udp";
    return srvPlaces(plainName(record.replacement), transport, rank, reading);
  });
  return places.some((list) => list === undefined) ? undefined : places.flatMap((list) => list ?? []);
}

function bySrv(host: string, transports: readonly SipTransport[], reading: Reading): readonly Place[] | undefined {
  const places = transports.map((transport, rank) => srvPlaces(srvPrefix[transport] + host, transport, rank, reading));
  return places.some((list) => list === undefined) ? undefined : places.flatMap((list) => list ?? []);
}

/** Priorities of one SRV name stay below those of the next: 16 bits each (RFC 2782). */
function srvPlaces(
  name: string,
  transport: SipTransport,
  rank: number,
  reading: Reading,
): readonly Place[] | undefined {
  return reading
    .ask("SRV", name)
    ?.slice(0, MAX_RECORDS)
    .filter(isUsable)
    .map(({ target, port, priority, weight }) => ({
      name: plainName(target),
      port,
      transport,
      priority: rank * 65_536 + priority,
      weight,
    }));
}

/** RFC 2782: a target of "." says that the service is not there. */
function isUsable({ target, port }: SrvRecord): boolean {
  return plainName(target) !== "" && port > 0 && port <= 65_535;
}

function addressesOf(name: string, reading: Reading, families: readonly (4 | 6)[]): readonly string[] {
  if (isAddress(name)) return [name];
  return families.flatMap((family) => (reading.ask(family === 4 ? "A" : "AAAA", name) ?? []).slice(0, MAX_RECORDS));
}

function plainPlace(name: string, transport: SipTransport, port: number | undefined): Place {
  return { name, port: port ?? defaultPort(transport), transport, priority: 0, weight: 0 };
}

/** RFC 3261 §19.1.2, table 1. */
function defaultPort(transport: SipTransport): number {
  return transport === "tls" ? 5061 : 5060;
}

function isAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

function plainName(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith(".") ? lower.slice(0, -1) : lower;
}
