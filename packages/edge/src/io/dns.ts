/** DNS questions asked of the system's resolvers, each with a deadline. */
import { lookup, Resolver } from "node:dns/promises";
import type { Answer, Question } from "@ringfence/sip";

/** One try at one server, and tries: a carrier's slow zone must not hold up its calls. */
const TIMEOUT = 1_500;
const TRIES = 2;
/** Node gives no TTL for NAPTR and SRV; the addresses below them have one. */
const DEFAULT_TTL = 60_000;

/** What DNS answers when a name or type does not exist: an answer, not a failure. */
const absent: ReadonlySet<string> = new Set(["ENOTFOUND", "ENODATA"]);

export type Ask = (question: Question) => Promise<Answer>;

/** @param servers `address` or `address:port`; without them those of the system */
export function createAsk(servers?: readonly string[]): Ask {
  const resolver = new Resolver({ timeout: TIMEOUT, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return async (question) => {
    try {
      return await ask(resolver, question);
    } catch (error) {
      const local = servers === undefined ? await fromMachine(question) : undefined;
      if (local !== undefined) return local;
      const code = error instanceof Error && "code" in error ? String(error.code) : "";
      return absent.has(code) ? { type: question.type, ttlMs: DEFAULT_TTL, records: [] } : { type: "failed", ttlMs: 0 };
    }
  };
}

/** Names that only this machine knows: its hosts file, or another source that the resolver does not ask. */
async function fromMachine({ type, name }: Question): Promise<Answer | undefined> {
  if (type !== "A" && type !== "AAAA") return undefined;
  try {
    const found = await lookup(name, { all: true, family: type === "A" ? 4 : 6 });
    return { type, ttlMs: DEFAULT_TTL, records: found.map((r) => r.address) };
  } catch {
    return undefined;
  }
}

async function ask(resolver: Resolver, { type, name }: Question): Promise<Answer> {
  switch (type) {
    case "NAPTR":
      return { type, ttlMs: DEFAULT_TTL, records: await resolver.resolveNaptr(name) };
    case "SRV": {
      const found = await resolver.resolveSrv(name);
      return { type, ttlMs: DEFAULT_TTL, records: found.map(({ name: target, ...rest }) => ({ ...rest, target })) };
    }
    case "A":
    case "AAAA": {
      const found =
        type === "A" ? await resolver.resolve4(name, { ttl: true }) : await resolver.resolve6(name, { ttl: true });
      const ttl = Math.min(DEFAULT_TTL * 60, ...found.map((r) => r.ttl * 1_000));
      return { type, ttlMs: ttl, records: found.map((r) => r.address) };
    }
  }
}
