/** Where each phone stands on the trust ladder (trust.ts), and what the gate in front of the sockets is told of it. */
import type { Millis } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { Binding, OneFlow } from "../registrar/binding.ts";
import type { EdgeState } from "../state.ts";
import { ruleOf } from "./rule.ts";
import { type Trust, trustLevels } from "./trust.ts";

/** @param binding of the account that the request is from; undefined: nobody is registered on the flow */
export function trustOf(state: EdgeState, now: Millis, flow: Flow, binding: Binding | undefined): Trust {
  if (flow.side !== "phone") return "proven";
  return binding === undefined ? "unknown" : trustAt(state, now, binding.user, flow);
}

function trustAt(state: EdgeState, now: Millis, account: string, { packetSource: { address } }: Flow): Trust {
  const { trust } = state.settings.config.defence;
  if (trust === "off" || !state.conducts.isProven(now, account, address, ruleOf(state).windowMs)) return "registered";
  return state.penalties.standing(now, address) === "banned" ? "registered" : "proven";
}

/** It registered: the gate hears of it at once, because its next packet may come in a flood. */
export function climbs(state: EdgeState, now: Millis, { user, flow }: Binding): void {
  const { address } = flow.packetSource;
  state.conducts.registered(now, user, address);
  const trust = higher(state.gateTrust.get(address), trustAt(state, now, user, flow));
  if (state.gateTrust.get(address) !== trust) tellGate(state, address, trust);
}

/** Whoever is registered over this flow failed. */
export function misbehaved(state: EdgeState, now: Millis, { id, packetSource }: Flow): void {
  for (const { user } of state.bindings.onFlow(id)) state.conducts.failed(now, user, packetSource.address);
}

/** Once in a while: what the gate was told is held against the registrations there are. */
export function settleTrust(state: EdgeState, now: Millis): void {
  const standing = new Map<string, Trust>();
  for (const { binding, flow } of registeredFlows(state)) {
    const { address } = flow.packetSource;
    standing.set(address, higher(standing.get(address), trustAt(state, now, binding.user, flow)));
  }
  for (const address of [...state.gateTrust.keys()]) {
    if (!standing.has(address)) tellGate(state, address, "unknown");
  }
  for (const [address, trust] of standing) if (state.gateTrust.get(address) !== trust) tellGate(state, address, trust);
}

/** Registrations by level. */
export function countTrust(state: EdgeState, now: Millis): Readonly<Record<Exclude<Trust, "unknown">, number>> {
  const counts = { registered: 0, proven: 0 };
  for (const token of state.bindings.tokens()) {
    const binding = state.bindings.get(token);
    const trust = binding && trustAt(state, now, binding.user, binding.flow);
    if (trust === "registered" || trust === "proven") counts[trust]++;
  }
  return counts;
}

function tellGate(state: EdgeState, address: string, trust: Trust): void {
  if (trust === "unknown") state.gateTrust.delete(address);
  else state.gateTrust.set(address, trust);
  state.transactionRate.trusts(state.now, address, trust);
  state.out.push({ kind: "source-trust", address, trust });
}

/** A phone that keeps several flows is registered over each. */
function* registeredFlows({ bindings }: EdgeState): Generator<{ readonly binding: Binding; readonly flow: Flow }> {
  for (const token of bindings.tokens()) {
    const binding = bindings.get(token);
    if (binding === undefined) continue;
    for (const { flow } of [binding as OneFlow, ...binding.others]) yield { binding, flow };
  }
}

function higher(one: Trust | undefined, other: Trust): Trust {
  return one !== undefined && trustLevels.indexOf(one) > trustLevels.indexOf(other) ? one : other;
}
