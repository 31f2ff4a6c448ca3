/** Where a new call goes. Four ways only: phone → PBX, PBX → phone, trunk → PBX, PBX → trunk. */
import { asRequestUri, parseUri, type Request, sipUri } from "@ringfence/sip";
import { userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import type { Binding } from "../registrar/binding.ts";
import { requestUriAtDomain } from "../registrar/credentials.ts";
import { crossingCredentials } from "../registrar/guessing.ts";
import { bindingFor, identityOn } from "../registrar/identity.ts";
import { mainDomain } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import { trunkToPbx } from "./from-carrier.ts";
import { asJudged } from "./numbers.ts";
import { ownUri, pbxFlow } from "./pbx.ts";
import { noPbx, type Routed } from "./route-shape.ts";
import { pbxToTrunk } from "./to-carrier.ts";

export type { Route, Routed } from "./route-shape.ts";

export function route(state: EdgeState, request: Request, flow: Flow): Routed {
  switch (flow.endpoint.role) {
    case "trunks":
      return trunkToPbx(state, request, flow);
    case "access":
      return flow.side === "trunk" ? trunkToPbx(state, request, flow) : phoneToPbx(state, request, flow);
    case "core-phones":
      return pbxToPhone(state, request);
    case "core-trunks":
      return pbxToTrunk(state, request);
  }
}

function phoneToPbx(state: EdgeState, request: Request, flow: Flow): Routed {
  const core = pbxFlow(state, "core-phones");
  if (core === undefined) return noPbx;
  const caller = identityOn(state, flow, request);
  const domain = caller?.domain ?? mainDomain(state.settings);
  // With accounts of our own the phone's answer was to our challenge: nothing for the PBX.
  const credentials = crossingCredentials(state, flow, caller?.user, request);
  const dialled = dialledNumber(state, request, credentials.uris.length > 0);
  const user = caller?.user ?? "anonymous";
  return {
    flow: core,
    requestUri: requestUriAtDomain(dialled, domain, credentials),
    // The account registered on the flow, whatever From said; names come from the PBX's own directory.
    from: { uri: sipUri({ user, host: domain }).raw, displayName: undefined },
    to: sipUri({ ...(dialled === undefined ? {} : { user: dialled }), host: domain }).raw,
    contact: ownUri(core.endpoint, user, caller?.token).raw,
    credentials,
    binding: undefined,
    caller,
    trunk: undefined,
  };
}

/**
 * `urn:service:sos` (RFC 5031) has no number, and a PBX routes numbers: it gets the first of the emergency list.
 * `signed`: a digest covers the number as the phone wrote it, and the PBX would refuse another spelling.
 */
function dialledNumber(state: EdgeState, request: Request, signed: boolean): string | undefined {
  const uri = request.requestUri;
  const { policy, config } = state.settings;
  const user = userOf(uri);
  const emergency = policy.isEmergency({ scheme: uri.kind === "tel" ? "tel" : uri.scheme, user, raw: uri.raw });
  if (emergency && uri.kind === "other") return config.policy.emergency.numbers[0];
  return user === undefined || (signed && !emergency) ? user : asJudged(user);
}

function pbxToPhone(state: EdgeState, request: Request): Routed {
  if (request.requestUri.kind !== "sip") return { status: 416, phrase: "Unsupported URI Scheme" };
  const binding = bindingFor(state, request.requestUri);
  if (binding === undefined) return { status: 480, phrase: "Phone not registered" };
  const caller = userOf(request.from.uri);
  return {
    flow: binding.flow,
    requestUri: phoneTarget(binding),
    from: {
      uri: sipUri({ ...(caller === undefined ? {} : { user: caller }), host: binding.shownDomain }).raw,
      displayName: request.from.displayName,
    },
    to: sipUri({ user: binding.user, host: binding.shownDomain }).raw,
    contact: ownUri(binding.flow.endpoint, caller).raw,
    credentials: undefined,
    binding,
    caller: undefined,
    trunk: undefined,
  };
}

/** The phone's Contact without what a request line may not have (RFC 3261 §19.1.1: headers, method). */
function phoneTarget(binding: Binding): string {
  const uri = parseUri(binding.contactUri);
  return uri?.kind === "sip" ? asRequestUri(uri) : binding.contactUri;
}
