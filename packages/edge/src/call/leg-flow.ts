/** Which flow reaches a party now: its connection may have been replaced since the call began. */
import type { Dialog } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { EdgeState } from "../state.ts";
import type { Leg } from "./call.ts";

/** What of a leg says where its party is; a subscription has the same. */
export type Peer = Pick<Leg, "flow" | "binding" | "account">;

/**
 * A phone that reconnected and registered again is reached over its binding's flow (RFC 5626 §5.3); so is one whose NAT
 * gave it a new port. Everybody else is where the call came from.
 */
export function legFlow(state: EdgeState, leg: Peer): Flow {
  const binding = leg.binding === undefined ? undefined : state.bindings.get(leg.binding);
  return binding?.flow ?? leg.flow;
}

/**
 * Threat L5: tags are not enough. In-dialog requests come from the leg's own flow, from the flow its account is
 * registered on now, or over UDP from the same address (a NAT may change the port; the port was never proof).
 */
export function isPeerOf(state: EdgeState, leg: Peer, flow: Flow): boolean {
  if (flow.endpoint.role !== leg.flow.endpoint.role) return false;
  if (flow.id === leg.flow.id || flow.id === legFlow(state, leg).id) return true;
  if (leg.flow.side !== "phone") return flow.packetSource.address === leg.flow.packetSource.address;
  const registered = leg.account !== undefined && state.bindings.onFlow(flow.id).some((b) => b.user === leg.account);
  if (registered) return true;
  return !flow.reliable && !leg.flow.reliable && flow.packetSource.address === leg.flow.packetSource.address;
}

/** Threat L5: routes that an outsider recorded are not followed; a phone is at the end of its own flow. */
export function phoneDialog(dialog: Dialog | undefined, flow: Flow): Dialog | undefined {
  return dialog === undefined || flow.side !== "phone" ? dialog : { ...dialog, routeSet: [] };
}
