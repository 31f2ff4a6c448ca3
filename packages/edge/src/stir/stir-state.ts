/** What the core remembers for STIR. */
import type { Deadline, Millis } from "@ringfence/sip";
import { CredentialCache } from "./credential-cache.ts";
import { ReplayMemory } from "./replay-memory.ts";

export interface Fetching {
  /** Ids of the calls that wait. */
  readonly calls: string[];
  readonly timer: Deadline;
}

export interface StirState {
  readonly credentials: CredentialCache;
  readonly fetching: Map<string, Fetching>;
  readonly replays: ReplayMemory;
  /** Milliseconds from the time of inputs to the time since 1970. */
  wallOffset: Millis;
}

export interface CredentialTimer {
  readonly owner: "credential";
  readonly url: string;
}

export function stirState(): StirState {
  return { credentials: new CredentialCache(), fetching: new Map(), replays: new ReplayMemory(), wallOffset: 0 };
}
