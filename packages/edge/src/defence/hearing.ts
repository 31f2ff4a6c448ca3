/**
 * Who is heard at all, once a request can be read: whoever is registered on the flow, and whoever calls for help. The others must
 * not be banned, not be a scanner, and not ask for one account after another.
 *
 * What a datagram says may be forged, so it bans nobody: its source becomes suspect, and from there a phone can still register,
 * which nobody can do for it (docs/decisions/0013).
 */
import type { Evidence, PenaltyRule } from "@ringfence/dgram-rate-limiter";
import type { Millis, Request } from "@ringfence/sip";
import { userOf } from "../egress.ts";
import type { Flow } from "../flow.ts";
import { keepsFlow } from "../flow-keeper.ts";
import { lookOn } from "../shadow.ts";
import { count, type EdgeState } from "../state.ts";
import { isEmergency } from "../trunk/to-carrier.ts";
import { type BanReason, began } from "./bans.ts";
import { misbehaved } from "./ladder.ts";
import { ruleOf } from "./rule.ts";
import { isScanner } from "./scanner.ts";
import { transactionRateReason } from "./transaction-rate.ts";

/** Different accounts or numbers that one flow may name before it has proved one of them. */
const MAX_NAMED = 8;
/** A phone with a fault sends what cannot be read now and then; who sends nothing else is no phone. */
const MALFORMED_FACTOR = 4;

const deafReasons = ["banned", "suspect", "scanner", "enumeration"] as const;
export const unheardReasons = [...deafReasons, transactionRateReason] as const;
type Deaf = (typeof deafReasons)[number];

/** False: the request is not answered, and a connection that brought it is closed. */
export function isHeard(state: EdgeState, now: Millis, flow: Flow, request: Request): boolean {
  if (!isJudged(state, flow) || isEmergency(state, request)) return true;
  const why = deafTo(state, now, flow, request);
  if (why === undefined) return true;
  if (state.settings.config.defence.mode === "shadow") {
    lookOn(state, now, flow, { rule: "bans", reason: why, method: request.method });
    return true;
  }
  count(state, { name: "unheard", reason: why });
  if (flow.reliable) state.out.push({ kind: "close-flow", flowId: flow.id });
  return false;
}

/** What cannot be read counts against its source. */
export function noteMalformed(state: EdgeState, now: Millis, flow: Flow): void {
  // A datagram may be forged, and nobody shall lose by what another sends in its name.
  if (flow.reliable) misbehaved(state, now, flow);
  if (!isJudged(state, flow)) return;
  const rule = ruleOf(state);
  fail(state, now, flow, { ...rule, max: rule.max * MALFORMED_FACTOR }, "malformed");
}

/** Nobody is banned who is registered here, or whom the configuration names. */
export function isJudged(state: EdgeState, flow: Flow): boolean {
  if (flow.side !== "phone" || keepsFlow(state, flow.id)) return false;
  return !state.settings.policy.isExempt(flow.packetSource.address);
}

function deafTo(state: EdgeState, now: Millis, flow: Flow, request: Request): Deaf | undefined {
  const { address } = flow.packetSource;
  if (isScanner(state, request)) {
    const { banMs } = state.settings.config.defence.scanners;
    fail(state, now, flow, { ...ruleOf(state), max: 1, banMs, grow: 1, longestMs: banMs }, "scanner");
    return "scanner";
  }
  const standing = state.penalties.standing(now, address);
  const registering = request.method === "REGISTER";
  if (standing === "banned") return registering && isAtHome(state, address, request) ? undefined : "banned";
  if (standing === "suspect" && !registering) return "suspect";
  return asksAround(state, now, flow, request) ? "enumeration" : undefined;
}

/** The account has registered from there: it comes back with a new port after its power or its network was gone. */
function isAtHome(state: EdgeState, address: string, request: Request): boolean {
  return state.registrar.places.knows(userOf(request.to.uri) ?? "", address);
}

/** What carries credentials is judged by them: a gateway with many lines proves one after the other. */
function asksAround(state: EdgeState, now: Millis, flow: Flow, request: Request): boolean {
  if (request.headers.has("Authorization") || request.headers.has("Proxy-Authorization")) return false;
  if (state.penalties.isSilenced(now, flow.id)) return true;
  const named = userOf(request.method === "REGISTER" ? request.to.uri : request.requestUri);
  if (named === undefined || named === "") return false;
  const rule = ruleOf(state);
  if (!state.penalties.asked(now, flow.id, named, { ...rule, max: MAX_NAMED })) return false;
  // Whatever the transport: a gateway that starts asks for all its lines at once, and its neighbours shall not pay for it.
  const { address } = flow.packetSource;
  began(state, now, state.penalties.failed(now, address, "forgeable", { ...rule, max: 1 }, "enumeration"));
  return true;
}

function fail(state: EdgeState, now: Millis, flow: Flow, rule: PenaltyRule, reason: BanReason): void {
  const evidence: Evidence = flow.reliable ? "proven" : "forgeable";
  began(state, now, state.penalties.failed(now, flow.packetSource.address, evidence, rule, reason));
}
