/** Carriers as status and metrics show them. */
import type { EdgeState } from "../state.ts";
import { hopKey } from "./locate.ts";

export interface TrunkStatus {
  readonly name: string;
  readonly calls: number;
  /** undefined: the trunk does not register. */
  readonly registration:
    | { readonly state: "trying" | "registered" | "failed"; readonly reason: string | undefined }
    | undefined;
  /** Places that its hosts stand for; a trial counts as down. */
  readonly hosts: readonly { readonly place: string; readonly state: "unknown" | "up" | "down" }[];
}

export function trunkStatus(state: EdgeState): readonly TrunkStatus[] {
  return state.settings.trunks.map(({ config, hops }) => ({
    name: config.name,
    calls: state.calls.ofTrunk(config.name),
    registration: registrationOf(state, config.name),
    hosts: hops.map((hop) => {
      const { state: now } = state.trunks.healthOf(hopKey(hop));
      return { place: hopKey(hop), state: now === "trial" ? "down" : now };
    }),
  }));
}

function registrationOf(state: EdgeState, name: string): TrunkStatus["registration"] {
  const entry = state.trunks.registrations.get(name);
  return entry === undefined ? undefined : { state: entry.state, reason: entry.reason };
}
