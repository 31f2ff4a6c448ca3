/** The way to the PBX: from the phones' socket or from the trunks' socket, never mixed (pbx.md finding 2). */
import { type OutRequest, type SipUri, sipUri } from "@ringfence/sip";
import { datagramFlow, type Endpoint, type Flow, outboundFlow } from "../flow.ts";
import { endpointFor, type PbxNode, peerAddress } from "../settings.ts";
import { type EdgeState, push } from "../state.ts";
import { LARGEST_DATAGRAM, largeFlow } from "./large-request.ts";
import { activeNode } from "./pbx-node.ts";

export type CoreRole = "core-phones" | "core-trunks";

/** To the node in use, or to the one named. */
export function pbxFlow(state: EdgeState, role: CoreRole, node?: PbxNode): Flow | undefined {
  const pbx = node ?? activeNode(state) ?? state.settings.pbx;
  const endpoint = endpointFor(state.settings, role, pbx.transport);
  if (endpoint === undefined) return undefined;
  const remote = peerAddress(pbx);
  return pbx.transport === "udp"
    ? datagramFlow(endpoint, remote, "core")
    : outboundFlow(endpoint, remote, "core", pbx.host, undefined, pbx.tls);
}

/** Starts a client transaction; undefined when the table is full or no socket leads to the PBX. */
export function sendToPbx(state: EdgeState, now: number, role: CoreRole, request: OutRequest): number | undefined {
  const flow = pbxFlow(state, role);
  return flow === undefined ? undefined : sendRequest(state, now, request, flow);
}

export function sendRequest(state: EdgeState, now: number, request: OutRequest, flow: Flow): number | undefined {
  const way = wayOver(flow);
  const large = () => {
    const other = largeFlow(state, flow);
    return other && wayOver(other);
  };
  const sent = state.transactions.sendRequest(now, request, { ...way, largest: LARGEST_DATAGRAM, large });
  if (sent === undefined) return undefined;
  push(state, sent.out);
  return sent.id;
}

const wayOver = (flow: Flow) => ({ flow, via: viaOf(flow.endpoint) });

/** RFC 3261 §18.1.1: what our Via says is where the answer would reach us: the socket's advertised address. */
export function viaOf(endpoint: Endpoint): { transport: string; host: string; port: number } {
  return {
    transport: endpoint.transport.toUpperCase(),
    host: endpoint.advertised.address,
    port: endpoint.advertised.port,
  };
}

/** Our own URI on a socket, as Contact shows it. */
export function ownUri(endpoint: Endpoint, user: string | undefined, token?: string): SipUri {
  // RFC 7118 §8: there is one URI value for WebSocket with and without TLS.
  const transport = endpoint.transport === "wss" ? "ws" : endpoint.transport;
  const params = transport === "udp" ? [] : [{ name: "transport", value: transport }];
  return sipUri({
    ...(user === undefined ? {} : { user }),
    host: endpoint.advertised.address,
    port: endpoint.advertised.port,
    params: token === undefined ? params : [...params, { name: "rf", value: token }],
  });
}

/** What the PBX gets as a phone's Contact: reaches us, and finds the binding again. */
export function coreContactUri(state: EdgeState, user: string, token: string): string {
  const endpoint = endpointFor(state.settings, "core-phones", state.settings.pbx.transport);
  return endpoint === undefined ? "sip:invalid" : ownUri(endpoint, user, token).raw;
}
