/** One answer to "may it?", as `./ringfence explain ID` tells it later: plain data. */
import type { RuleId, RuleTrace, SignalSubject } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { HeaderPair } from "../call/headers.ts";
import type { EdgeEvent } from "../events.ts";

/** Who said so: each has a list of its own in docs/errors.md, but for an answer, whose words say what it is. */
export const deciders = ["policy", "message", "account", "media", "answer", "cut", "ban"] as const;
export type Decider = (typeof deciders)[number];

/** What is kept of a decision beside its id: who wanted what, and what was said. Peers wrote some of it; it is bounded. */
export interface DecisionFacts
  extends Pick<
    EdgeEvent,
    "side" | "trunk" | "transport" | "source" | "method" | "account" | "from" | "to" | "call" | "status" | "reason"
  > {
  /** Milliseconds since 1970. */
  readonly at: Millis;
  readonly by: Decider;
  /** `end`: a call that was let through before. */
  readonly action: "allow" | "reject" | "drop" | "end";
  readonly rule?: RuleId | undefined;
  /** What the policy was asked; undefined where it was not asked, or where it is too long to be kept. */
  readonly subject?: SignalSubject | undefined;
}

export interface Decision extends DecisionFacts {
  /** Lower case hex digits. */
  readonly id: string;
  /** Which configuration decided: as whoever configured us named it. */
  readonly edition: string;
  readonly chain: readonly RuleTrace[];
}

/** What a refusal adds to its answer. */
export interface NotedRefusal {
  readonly decision: string;
  readonly headers: readonly HeaderPair[];
}
