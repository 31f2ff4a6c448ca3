/** Carriers as status and metrics show them. */
import type { EdgeState } from "../state.ts";
import { hopKey } from "./locate.ts";

export interface TrunkStatus {
  readonly name: string;
  readonly calls: number;
  /** Places that its hosts stand for; a trial counts as down. */
  readonly hosts: readonly { readonly place: string; readonly state: "unknown" | "up" | "down" }[];
}

export function trunkStatus(state: EdgeState): readonly TrunkStatus[] {
  return state.settings.trunks.map(({ config, hops }) => ({
    name: config.name,
    calls: state.calls.ofTrunk(config.name),
    hosts: hops.map((hop) => {
      const { state: now } = state.trunks.healthOf(hopKey(hop));
      return { place: hopKey(hop), state: now === "trial" ? "down" : now };
    }),
  }));
}
