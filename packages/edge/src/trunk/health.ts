/**
 * Is a carrier's host there? One value a host, with hysteresis: a lost OPTIONS takes nothing down, and one answer brings
 * nothing back; a call that met silence does, because the next caller would wait as long.
 */
export interface Health {
  /** trial: down long enough that the next call may find out, where nobody asks with OPTIONS. */
  readonly state: "unknown" | "up" | "down" | "trial";
  /** OPTIONS in a row without an answer, or answers in a row while down. */
  readonly inRow: number;
  /** How long it stays down before a trial, in ms. */
  readonly wait: number;
}

const FIRST_WAIT = 30_000;
const LONGEST_WAIT = 300_000;
/** In a row, before the state changes. */
const LOST_PINGS = 2;
const ANSWERED_PINGS = 2;

export const unknownHealth: Health = { state: "unknown", inRow: 0, wait: FIRST_WAIT };

export function isDown(health: Health | undefined): boolean {
  return health?.state === "down";
}

/** A host answered a call: whatever it said but 503, it is there. */
export function worked(health: Health): Health {
  return health.state === "down" ? pingAnswered(health) : { state: "up", inRow: 0, wait: FIRST_WAIT };
}

export function pingAnswered(health: Health): Health {
  if (health.state !== "down") return { state: "up", inRow: 0, wait: FIRST_WAIT };
  if (health.inRow + 1 >= ANSWERED_PINGS) return { state: "up", inRow: 0, wait: FIRST_WAIT };
  return { ...health, inRow: health.inRow + 1 };
}

export function pingLost(health: Health): Health {
  if (health.state === "down") return { ...health, inRow: 0 };
  if (health.inRow + 1 >= LOST_PINGS) return { ...health, state: "down", inRow: 0 };
  return { ...health, inRow: health.inRow + 1 };
}

/** Silence, a lost connection or 503 to a call. A trial that fails is waited for twice as long. */
export function callFailed(health: Health): Health {
  const wait = health.state === "trial" ? Math.min(health.wait * 2, LONGEST_WAIT) : health.wait;
  return { state: "down", inRow: 0, wait };
}

export function onTrial(health: Health): Health {
  return health.state === "down" ? { ...health, state: "trial", inRow: 0 } : health;
}
