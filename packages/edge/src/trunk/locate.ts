/** From a carrier's configured hosts to the places to send to, asking DNS as far as RFC 3263 says. */
import {
  type Answer,
  type Hop,
  type Millis,
  type Question,
  questionKey,
  resolveTarget,
  type Target,
} from "@ringfence/sip";
import type { AnswerCache } from "./answer-cache.ts";

/** NAPTR, SRV, addresses: three questions deep; one more for luck. */
const MAX_ROUNDS = 4;

export interface Located {
  readonly hops: readonly Hop[];
  /** When to look again, from now. */
  readonly ttlMs: number;
}

export interface Locator {
  readonly cache: AnswerCache;
  readonly ask: (question: Question) => Promise<Answer>;
  readonly now: () => Millis;
  readonly families: readonly (4 | 6)[];
}

export interface CarrierHost {
  readonly target: Target;
  readonly priority: number;
  readonly weight: number;
}

/** Hosts of the file come before what DNS says of each: priority and weight of one host are shared by its addresses. */
export async function locate(hosts: readonly CarrierHost[], locator: Locator): Promise<Located> {
  const found = await Promise.all(hosts.map((host) => locateOne(host, locator)));
  return {
    hops: unique(found.flatMap((f) => f.hops)),
    ttlMs: Math.min(...found.map((f) => f.ttlMs), Number.POSITIVE_INFINITY),
  };
}

async function locateOne({ target, priority, weight }: CarrierHost, locator: Locator): Promise<Located> {
  const answers = new Map<string, Answer>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const result = resolveTarget(target, answers, locator.families);
    if (result.kind === "hops") return { ...result, hops: result.hops.map((hop) => ranked(hop, priority, weight)) };
    await Promise.all(
      result.questions.map(async (question) => answers.set(questionKey(question), await answer(question, locator))),
    );
  }
  return { hops: [], ttlMs: 0 };
}

/** DNS priorities have 17 bits and some; those of the file go above them. A weight of the file stands for all of a name. */
function ranked(hop: Hop, priority: number, weight: number): Hop {
  return { ...hop, priority: priority * 2 ** 20 + hop.priority, weight: weight > 0 ? weight : hop.weight };
}

async function answer(question: Question, { cache, ask, now }: Locator): Promise<Answer> {
  return cache.fresh(now(), question) ?? cache.store(now(), question, await ask(question));
}

function unique(hops: readonly Hop[]): readonly Hop[] {
  const seen = new Map<string, Hop>();
  for (const hop of hops) {
    const key = hopKey(hop);
    if (!seen.has(key)) seen.set(key, hop);
  }
  return [...seen.values()];
}

/** Names a place: health belongs to it, whichever trunk leads there. */
export function hopKey({ transport, address, port }: Hop): string {
  return `${transport} ${address} ${port}`;
}
