/** A call from the PBX as one host of one carrier gets it. */
import { formatUri, type Request, sipUri } from "@ringfence/sip";
import { userOf } from "../egress.ts";
import type { EdgeState } from "../state.ts";
import { type Candidate, candidatesFor, carrierFlow } from "./carrier.ts";
import { ownUri } from "./pbx.ts";
import { portOf, type Route, type Routed } from "./route-shape.ts";

export function pbxToTrunk(state: EdgeState, request: Request): Routed {
  const called = userOf(request.requestUri);
  if (called === undefined || state.settings.policy.trunkFor(called) === undefined) {
    return { status: 404, phrase: "No trunk for this number" };
  }
  const [first, ...rest] = candidatesFor(state, called);
  const routed = first === undefined ? undefined : toCarrier(state, request, first);
  if (routed === undefined) return { status: 503, phrase: "No host of this trunk can be reached" };
  return { ...routed, alternatives: rest };
}

export function toCarrier(state: EdgeState, request: Request, candidate: Candidate): Route | undefined {
  const flow = carrierFlow(state.settings, candidate);
  if (flow === undefined) return undefined;
  const { hop, trunk } = candidate;
  const called = userOf(request.requestUri);
  const caller = userOf(request.from.uri) ?? "anonymous";
  const target = formatUri(
    sipUri({ ...(called === undefined ? {} : { user: called }), host: hop.host, ...portOf(hop) }),
  );
  return {
    flow,
    requestUri: target,
    from: {
      uri: sipUri({ user: caller, host: flow.endpoint.advertised.address }).raw,
      displayName: request.from.displayName,
    },
    to: target,
    contact: ownUri(flow.endpoint, caller).raw,
    credentials: undefined,
    binding: undefined,
    caller: undefined,
    trunk: trunk.config.name,
    candidate,
  };
}
