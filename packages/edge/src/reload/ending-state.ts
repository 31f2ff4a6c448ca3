/** What of a reload's judgement is still to be carried out. */
import type { Deadline } from "@ringfence/sip";
import type { ForbiddenCall } from "./judgement.ts";

export interface EndingTimer {
  readonly owner: "ending";
}

/** Empty between reloads. */
export interface Ending {
  calls: readonly ForbiddenCall[];
  /** Tokens. */
  registrations: readonly string[];
  timer: Deadline | undefined;
}

export function noEnding(): Ending {
  return { calls: [], registrations: [], timer: undefined };
}
