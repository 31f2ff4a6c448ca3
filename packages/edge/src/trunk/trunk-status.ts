/** Carriers as status and metrics show them. */
import type { EdgeState } from "../state.ts";
import { hopKey } from "./locate.ts";
import type { HostChange } from "./trunk-states.ts";

export interface TrunkStatus {
  readonly name: string;
  readonly calls: number;
  /** undefined: the trunk does not register. */
  readonly registration:
    | { readonly state: "trying" | "registered" | "failed"; readonly reason: string | undefined }
    | undefined;
  /** Places that its hosts stand for; a trial counts as down. */
  readonly hosts: readonly {
    readonly place: string;
    readonly state: "unknown" | "up" | "down";
    /** The last 50, the oldest first; times of the wall clock. */
    readonly changes: readonly HostChange[];
  }[];
}

export function trunkStatus(state: EdgeState): readonly TrunkStatus[] {
  return state.settings.trunks.map(({ config, hops }) => ({
    name: config.name,
    calls: state.calls.ofTrunk(config.name),
    registration: registrationOf(state, config.name),
    hosts: hops.map((hop) => {
      const { state: now } = state.trunks.healthOf(hopKey(hop));
      const place = hopKey(hop);
      const changes = (state.trunks.changes.get(place) ?? []).map(({ at, state: then }) => {
        return { at: Math.round(at + state.stir.wallOffset), state: then };
      });
      return { place, state: now === "trial" ? "down" : now, changes };
    }),
  }));
}

function registrationOf(state: EdgeState, name: string): TrunkStatus["registration"] {
  const entry = state.trunks.registrations.get(name);
  return entry === undefined ? undefined : { state: entry.state, reason: entry.reason };
}
