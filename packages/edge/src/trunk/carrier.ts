/** Which hosts of which carriers may take a call, the best first; and the flow that leads to one. */
import { drawOrder, type Hop } from "@ringfence/sip";
import { datagramFlow, type Endpoint, type Flow, outboundFlow } from "../flow.ts";
import { type CoreSettings, endpointsFor, type TrunkSettings } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import { mayUse } from "../use/charge.ts";
import { isDown } from "./health.ts";
import { hopKey } from "./locate.ts";

export interface Candidate {
  readonly trunk: TrunkSettings;
  readonly hop: Hop;
}

/** Hosts tried for one call, at three seconds each: beyond that a caller has hung up. */
const MAX_CANDIDATES = 6;

/**
 * Trunks by prefix and order, hosts by priority and drawn weight. Those that are down come last instead of never: when all
 * are, somebody's call is the best probe there is.
 */
export function candidatesFor(
  state: EdgeState,
  number: string,
  dialled: string | undefined,
  emergency: boolean,
): readonly Candidate[] {
  const { policy, trunks } = state.settings;
  const all = policy.trunksFor(number).flatMap((name): readonly Candidate[] => {
    const trunk = trunks.find((t) => t.config.name === name);
    if (trunk === undefined) return [];
    // Threat L15: no limit and no rule keeps an emergency call from any carrier.
    if (!emergency && !(hasRoom(state, trunk, number) && mayCarry(state, name, dialled))) return [];
    return hostsOf(state, trunk).map((hop) => ({ trunk, hop }));
  });
  const down = (c: Candidate): boolean => isDown(state.trunks.healthOf(hopKey(c.hop)));
  return [...all.filter((c) => !down(c)), ...all.filter(down)].slice(0, MAX_CANDIDATES);
}

/** What is one number to the first carrier may be another to the next: each is judged as its `numbers` says. */
function mayCarry({ settings: { policy } }: EdgeState, trunk: string, dialled: string | undefined): boolean {
  return policy.decideDestination(policy.readNumber(dialled, trunk), "outside").action === "allow";
}

/** The hosts of one trunk in the order to try them: those that are down come last. */
export function hostsOf(state: EdgeState, trunk: TrunkSettings): readonly Hop[] {
  const reachable = trunk.hops.filter((hop) => carrierEndpoint(state.settings, trunk, hop) !== undefined);
  const down = (hop: Hop): boolean => isDown(state.trunks.healthOf(hopKey(hop)));
  const drawn = drawOrder(reachable, state.random);
  return [...drawn.filter((hop) => !down(hop)), ...drawn.filter(down)];
}

/** Below its limits for one more call from us, to that number; the policy refuses the call when no trunk is. */
export function hasRoom(state: EdgeState, { config }: TrunkSettings, number: string): boolean {
  const { name, limits } = config;
  const { calls, attempts, now } = state;
  // In shadow the policy says for each call what these would have refused.
  if (limits.mode === "shadow") return true;
  if (limits.calls !== undefined && calls.ofTrunk(name) >= limits.calls) return false;
  if (limits.out.calls !== undefined && calls.ofTrunkOut(name) >= limits.out.calls) return false;
  const below = (rate: number | undefined, way?: "out"): boolean =>
    rate === undefined || attempts.ofTrunk(now, name, rate, way) < rate;
  if (!below(limits.callsPerSecond) || !below(limits.out.callsPerSecond, "out")) return false;
  return mayUse(state, name, number);
}

/** The trunk that a number dialled by the PBX would leave by: the first that has room, else the first. */
export function trunkOf(state: EdgeState, number: string): string | undefined {
  const names = state.settings.policy.trunksFor(number);
  const fits = (name: string): boolean => {
    const trunk = state.settings.trunks.find((t) => t.config.name === name);
    return trunk !== undefined && hasRoom(state, trunk, number);
  };
  return names.find(fits) ?? names[0];
}

/** The socket towards a host: the trunk's own or the phones', of the host's transport and kind of address. */
function carrierEndpoint(settings: CoreSettings, trunk: TrunkSettings, hop: Hop): Endpoint | undefined {
  const v6 = hop.address.includes(":");
  const own = trunk.listeners ?? [];
  const role = own.length > 0 ? "trunks" : "access";
  return endpointsFor(settings, role, hop.transport).find(
    (e) => e.local.address.includes(":") === v6 && (role === "access" || own.includes(e.id)),
  );
}

export function carrierFlow(settings: CoreSettings, { trunk, hop }: Candidate): Flow | undefined {
  const endpoint = carrierEndpoint(settings, trunk, hop);
  if (endpoint === undefined) return undefined;
  const { name } = trunk.config;
  const remote = { address: hop.address, port: hop.port };
  return hop.transport === "udp"
    ? datagramFlow(endpoint, remote, "trunk", name)
    : outboundFlow(endpoint, remote, "trunk", hop.host, name, trunk.tls);
}
