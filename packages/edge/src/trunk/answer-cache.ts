/**
 * What DNS said, for as long as it said so. Bounds on both ends: a TTL of zero must not become a query for every call, one
 * of a week not a carrier that is called where it no longer is. A failure does not take away what is known.
 */
import { type Answer, type Millis, type Question, questionKey } from "@ringfence/sip";
import { CappedMap } from "../capped-map.ts";

/** Shortest and longest an answer counts, in ms. */
const MIN_TTL = 5_000;
const MAX_TTL = 3_600_000;
/** "There is none" and failures are asked again after this time at most (RFC 2308 §5 allows longer). */
const MAX_NEGATIVE_TTL = 60_000;
/** Names come from the configuration and from the zones it names; far more than any site has. */
const MAX_ENTRIES = 4_096;

interface Entry {
  readonly answer: Answer;
  readonly until: Millis;
}

export class AnswerCache {
  readonly #entries = new CappedMap<string, Entry>(MAX_ENTRIES);

  get size(): number {
    return this.#entries.size;
  }

  /** Undefined when it must be asked (again). */
  fresh(now: Millis, question: Question): Answer | undefined {
    const entry = this.#entries.get(questionKey(question));
    return entry !== undefined && entry.until > now ? entry.answer : undefined;
  }

  /** Takes an answer over and says what counts from now: after a failure the last good one, for a short time. */
  store(now: Millis, question: Question, answer: Answer): Answer {
    const key = questionKey(question);
    const before = this.#entries.get(key)?.answer;
    const kept = answer.type === "failed" && before !== undefined && before.type !== "failed" ? before : answer;
    const negative = answer.type === "failed" || answer.records.length === 0;
    const ttl = Math.min(Math.max(answer.ttlMs, MIN_TTL), negative ? MAX_NEGATIVE_TTL : MAX_TTL);
    this.#entries.set(key, { answer: { ...kept, ttlMs: ttl }, until: now + ttl });
    return { ...kept, ttlMs: ttl };
  }
}
