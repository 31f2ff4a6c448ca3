/** Where decisions get their id and are kept. */
import type { RuleTrace } from "@ringfence/policy";
import type { Millis } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { type EdgeState, hex } from "../state.ts";
import type { DecisionFacts } from "./decision.ts";

/** 48 bits: among all that are kept, two are the same once in some million such books; long ones are misread over the telephone. */
const ID_OCTETS = 6;

export function newDecision(state: EdgeState): string {
  return hex(state.random(ID_OCTETS));
}

/** Somebody who is registered here, a carrier, or the PBX. */
export function isOurs(state: EdgeState, flow: Flow): boolean {
  return flow.side !== "phone" || state.bindings.onFlow(flow.id).length > 0;
}

export function keepDecision(
  state: EdgeState,
  now: Millis,
  kind: "ours" | "strangers",
  id: string,
  chain: readonly RuleTrace[],
  facts: Omit<DecisionFacts, "at">,
): void {
  const { edition = "" } = state.settings;
  state.decisions.keep(kind, id, edition, chain, { at: Math.round(now + state.use.ledger.wallOffset), ...facts });
}
