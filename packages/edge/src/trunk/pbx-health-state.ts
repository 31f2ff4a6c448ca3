/** What is known of the PBX's nodes. Names come from the configuration, so the map is small. */
import type { Millis } from "@ringfence/sip";

export interface NodeHealth {
  /** Undefined before the first answer or silence. */
  up: boolean | undefined;
  misses: number;
  /** It was asked and has not answered yet. */
  waiting: boolean;
  answeredAt: Millis | undefined;
}

/** Why the node in use is not heard: it is away, or it has banned the phones' socket. */
export type Silence = "down" | "banned";

export interface HealthState {
  readonly nodes: Map<string, NodeHealth>;
  /** What was drawn for each node, by name: between 0 and 1. */
  readonly luck: Map<string, number>;
  /** Name of the node in use; undefined: the first. */
  active: string | undefined;
  trunksAnsweredAt: Millis;
  /** When the PBX last refused a password. */
  refusedAt: Millis;
  /** When the node in use was last asked out of turn. */
  askedAt: Millis;
  /** When a request was last let through to a node that is down, or when it was found down. */
  triedAt: Millis;
  silence: Silence | undefined;
}

export interface HealthTimer {
  readonly owner: "pbx-health";
}

export function healthState(): HealthState {
  const never = Number.NEGATIVE_INFINITY;
  return {
    nodes: new Map(),
    luck: new Map(),
    active: undefined,
    trunksAnsweredAt: never,
    refusedAt: never,
    askedAt: never,
    triedAt: never,
    silence: undefined,
  };
}
