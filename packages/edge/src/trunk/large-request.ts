/**
 * Requests that are too large for UDP (RFC 3261 §18.1.1) go to a carrier or the PBX over TCP, where that is allowed; what
 * refuses TCP, or says nothing to it for a second, gets the same request over UDP, and the next ones at once.
 */
import type { Millis } from "@ringfence/sip";
import { sameFamily } from "../address.ts";
import { type Endpoint, type Flow, outboundFlow } from "../flow.ts";
import { type CoreSettings, endpointsFor } from "../settings.ts";
import type { EdgeState } from "../state.ts";

/** §18.1.1: the path's MTU is not known. */
export const LARGEST_DATAGRAM = 1300;

/** A call waits for it; where nobody listens the answer is there at once. */
const CONNECT_WITHIN = 1_000;
const REMEMBERED = 600_000;
/** Places are configured or looked up for what is configured; this is for names that wander. */
const MAX_REFUSERS = 1_000;

/** Undefined: over UDP, whatever its size. */
export function largeFlow(state: EdgeState, flow: Flow): Flow | undefined {
  if (flow.reliable || !isAllowed(state.settings, flow)) return undefined;
  const twin = streamTwin(state.settings, flow);
  const until = state.refusers.get(twin.id);
  return until !== undefined && until > state.now ? undefined : twin;
}

/** A request had to go back to UDP. */
export function rememberRefuser(state: EdgeState, now: Millis, flowId: string): void {
  // The oldest stands first.
  const [oldest] = state.refusers.keys();
  if (state.refusers.size >= MAX_REFUSERS && oldest !== undefined) state.refusers.delete(oldest);
  state.refusers.delete(flowId);
  state.refusers.set(flowId, now + REMEMBERED);
}

/** A phone is reached over the flow it registered on, and over no other. */
function isAllowed({ config }: CoreSettings, { side, trunk }: Flow): boolean {
  if (side === "core") return config.pbx.largeRequests === "tcp";
  return side === "trunk" && config.trunks.find(({ name }) => name === trunk)?.largeRequests === "tcp";
}

function streamTwin(settings: CoreSettings, { endpoint, packetSource, side, trunk }: Flow): Flow {
  const listening = endpointsFor(settings, endpoint.role, "tcp").find(({ local }) =>
    sameFamily(local.address, endpoint.local.address),
  );
  // Without a listener of our own answers come over the connection only.
  const from: Endpoint = listening ?? { ...endpoint, id: `${endpoint.id}~tcp`, transport: "tcp" };
  const flow = outboundFlow(from, packetSource, side, packetSource.address, trunk);
  return { ...flow, connectTo: { serverName: packetSource.address, withinMs: CONNECT_WITHIN } };
}
