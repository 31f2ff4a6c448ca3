/** Calls that come to the Contact we registered with a carrier: which trunk, and which number was called. */
import type { Request } from "@ringfence/sip";
import { userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import type { EdgeState } from "../state.ts";

/** Several accounts with one carrier share its address: the token in our Contact tells them apart, among those only. */
export function ownTrunk(state: EdgeState, flow: Flow, request: Request): Flow {
  const token = tokenOf(request);
  if (flow.side !== "trunk" || token === undefined) return flow;
  for (const { config, hops } of state.settings.trunks) {
    if (config.name === flow.trunk || state.trunks.registrations.get(config.name)?.token !== token) continue;
    if (hops.some((hop) => hop.address === flow.packetSource.address)) return { ...flow, trunk: config.name };
  }
  return flow;
}

/** A call to our Contact names the account there; the number that was dialled stands in To. */
export function calledNumber(state: EdgeState, flow: Flow, request: Request): string | undefined {
  const user = userOf(request.requestUri);
  if (flow.side !== "trunk" || flow.trunk === undefined) return user;
  const token = tokenOf(request);
  const registered = token !== undefined && state.trunks.registrations.get(flow.trunk)?.token === token;
  return registered ? (userOf(request.to.uri) ?? user) : user;
}

function tokenOf({ requestUri }: Request): string | undefined {
  return requestUri.kind === "sip" ? requestUri.params.find((p) => p.name === "rf")?.value : undefined;
}
