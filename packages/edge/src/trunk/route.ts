/** Where a new call goes. Four ways only: phone → PBX, PBX → phone, trunk → PBX, PBX → trunk. */
import { formatUri, type Request, sipUri } from "@ringfence/sip";
import { userOf } from "../egress.ts";
import { datagramFlow, type Flow, outboundFlow } from "../flow.ts";
import type { Binding } from "../registrar/binding.ts";
import { type RelayedCredentials, relayedCredentials, requestUriAtDomain } from "../registrar/credentials.ts";
import { bindingFor, identityOn } from "../registrar/identity.ts";
import { noCredentials } from "../registrar/pbx-register.ts";
import { endpointFor, mainDomain, peerAddress, type TrunkSettings } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import { ownUri, pbxFlow } from "./pbx.ts";
import { activeNode } from "./pbx-node.ts";

export interface Route {
  readonly flow: Flow;
  readonly requestUri: string;
  /** From and To on the new leg, without tag: rebuilt, so that no address of the old leg crosses. */
  readonly from: { readonly uri: string; readonly displayName: string | undefined };
  readonly to: string;
  readonly contact: string;
  readonly credentials: RelayedCredentials | undefined;
  /** The phone behind the new leg, when there is one. */
  readonly binding: Binding | undefined;
  /** The phone behind the old leg, when there is one. */
  readonly caller: Binding | undefined;
  readonly trunk: string | undefined;
}

export type Routed = Route | { readonly status: number; readonly phrase: string };

export function route(state: EdgeState, request: Request, flow: Flow): Routed {
  switch (flow.endpoint.role) {
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
  const dialled = dialledNumber(state, request);
  // With accounts of our own the phone's answer was to our challenge: nothing for the PBX.
  const credentials = state.settings.accounts === undefined ? relayedCredentials(request) : noCredentials;
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

/** `urn:service:sos` (RFC 5031) has no number, and a PBX routes numbers: it gets the first of the emergency list. */
function dialledNumber(state: EdgeState, request: Request): string | undefined {
  const uri = request.requestUri;
  const { policy, config } = state.settings;
  const sos = uri.kind === "other" && policy.isEmergency({ scheme: uri.scheme, raw: uri.raw });
  return sos ? config.policy.emergency.numbers[0] : userOf(uri);
}

function pbxToPhone(state: EdgeState, request: Request): Routed {
  if (request.requestUri.kind !== "sip") return { status: 416, phrase: "Unsupported URI Scheme" };
  const binding = bindingFor(state, request.requestUri);
  if (binding === undefined) return { status: 480, phrase: "Phone not registered" };
  const caller = userOf(request.from.uri);
  return {
    flow: binding.flow,
    requestUri: binding.contactUri,
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

function trunkToPbx(state: EdgeState, request: Request, flow: Flow): Routed {
  const core = pbxFlow(state, "core-trunks");
  if (core === undefined) return noPbx;
  const pbx = activeNode(state) ?? state.settings.pbx;
  const called = userOf(request.requestUri);
  const caller = userOf(request.from.uri) ?? "anonymous";
  const target = sipUri({ ...(called === undefined ? {} : { user: called }), host: pbx.host, ...portOf(pbx) }).raw;
  return {
    flow: core,
    requestUri: target,
    from: {
      uri: sipUri({ user: caller, host: core.endpoint.advertised.address }).raw,
      displayName: request.from.displayName,
    },
    to: target,
    contact: ownUri(core.endpoint, caller).raw,
    credentials: undefined,
    binding: undefined,
    caller: undefined,
    trunk: flow.trunk,
  };
}

function pbxToTrunk(state: EdgeState, request: Request): Routed {
  const called = userOf(request.requestUri);
  const trunk = called === undefined ? undefined : trunkFor(state, called);
  const host = trunk?.hosts[0];
  if (trunk === undefined || host === undefined) return { status: 404, phrase: "No trunk for this number" };
  const endpoint = endpointFor(state.settings, "access", host.transport);
  if (endpoint === undefined) return { status: 503, phrase: `No ${host.transport} socket for this trunk` };
  const remote = peerAddress(host);
  const { name } = trunk.config;
  const caller = userOf(request.from.uri) ?? "anonymous";
  const target = formatUri(
    sipUri({ ...(called === undefined ? {} : { user: called }), host: host.host, ...portOf(host) }),
  );
  return {
    flow:
      host.transport === "udp"
        ? datagramFlow(endpoint, remote, "trunk", name)
        : outboundFlow(endpoint, remote, "trunk", host.host, name),
    requestUri: target,
    from: {
      uri: sipUri({ user: caller, host: endpoint.advertised.address }).raw,
      displayName: request.from.displayName,
    },
    to: target,
    contact: ownUri(endpoint, caller).raw,
    credentials: undefined,
    binding: undefined,
    caller: undefined,
    trunk: name,
  };
}

function trunkFor(state: EdgeState, number: string): TrunkSettings | undefined {
  const name = state.settings.policy.trunkFor(number);
  return state.settings.trunks.find((t) => t.config.name === name);
}

/** The default port is not written: some PBXs compare request lines as text. */
function portOf(peer: { readonly port: number; readonly transport: string }): { port?: number } {
  const standard = peer.transport === "tls" ? 5061 : 5060;
  return peer.port === standard ? {} : { port: peer.port };
}

const noPbx = { status: 503, phrase: "No socket towards the PBX" } as const;
