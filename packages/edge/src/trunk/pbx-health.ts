/**
 * Whether the PBX is there, learnt from what it answers and what it does not. Each node is asked by OPTIONS; new calls and
 * registrations go to the first one that answers. When the phones' socket alone is not heard any more, the PBX has most
 * likely banned us: it bans by address after wrong passwords (pbx.md finding 1), and that has to be said in words.
 */
import { HeaderList } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { renewAll } from "../registrar/renewal.ts";
import type { PbxNode } from "../settings.ts";
import { type EdgeState, newCallId, newCSeq, newTag, tell } from "../state.ts";
import { ownUri, pbxFlow, sendRequest } from "./pbx.ts";
import type { NodeHealth } from "./pbx-health-state.ts";
import { activeNode, nodeName, preferred } from "./pbx-node.ts";

/** Questions in a row without an answer. */
const MISSES = 2;
/** A silence that begins so soon after wrong passwords was caused by them. */
const AFTER_REFUSALS = 120_000;

/** Anything that came from the PBX shows that it is there, and that it listens to this socket. */
export function pbxAnswered(state: EdgeState, now: number, flow: Flow): void {
  const { pbxHealth: health } = state;
  if (flow.endpoint.role === "core-trunks") {
    health.trunksAnsweredAt = now;
    return;
  }
  const { address, port } = flow.packetSource;
  const nodes = state.settings.pbxNodes.filter((n) => n.addresses.includes(address));
  const node = nodes.find((n) => n.port === port) ?? nodes[0];
  if (node === undefined) return;
  const of = healthOf(state, node);
  const was = of.up;
  Object.assign(of, { up: true, misses: 0, waiting: false, answeredAt: now });
  if (was === true) return;
  if (was === false) tell(state, { event: "pbx", level: "info", reason: "answers-again", detail: nodeName(node) });
  choose(state, now, was === false ? node : undefined);
}

/** A request to the node in use had no answer in all its time. */
export function pbxSilent(state: EdgeState, now: number): void {
  const node = activeNode(state);
  if (node === undefined) return;
  down(state, now, node);
  // One request may have been lost on its way: whoever comes next must not wait for the next round of questions.
  if (state.pbx.reachable === false) askActive(state, now);
}

/** Between two questions out of turn. */
const ASK_AGAIN = 5_000;

/** The node in use, on the phones' socket, out of turn. */
export function askActive(state: EdgeState, now: number): void {
  const node = activeNode(state);
  if (node === undefined || now - state.pbxHealth.askedAt < ASK_AGAIN) return;
  state.pbxHealth.askedAt = now;
  ask(state, now, "core-phones", node);
}

/** Between two questions where the configuration says nothing. */
const INTERVAL = 30_000;

export function askingInterval(state: EdgeState): number {
  return state.settings.config.pbx.keepaliveMs ?? INTERVAL;
}

/**
 * Asks every node, and the active one on the trunks' socket too: a ban is for one address. A PBX that is alone and
 * answers calls and registrations is left in peace, unless the configuration wants it asked.
 */
export function probePbx(state: EdgeState, now: number): void {
  const { pbxHealth: health } = state;
  const always = state.settings.config.pbx.keepaliveMs !== undefined || state.settings.pbxNodes.length > 1;
  for (const node of state.settings.pbxNodes) {
    const of = healthOf(state, node);
    if (!always && of.up !== false) continue;
    // What it answers to phones says as much, and costs it nothing.
    if (of.answeredAt !== undefined && now - of.answeredAt < askingInterval(state)) continue;
    if (of.waiting && ++of.misses >= MISSES) down(state, now, node);
    of.waiting = ask(state, now, "core-phones", node) || of.waiting;
  }
  const active = activeNode(state);
  if (active !== undefined && (always || health.silence !== undefined)) ask(state, now, "core-trunks", active);
  if (health.silence === "down" && active !== undefined && trunksHeardSince(state, active)) {
    health.silence = "banned";
    sayBanned(state, active);
  }
  state.deadlines.arm(now + askingInterval(state), { owner: "pbx-health" });
}

function ask(state: EdgeState, now: number, role: "core-phones" | "core-trunks", node: PbxNode): boolean {
  const flow = pbxFlow(state, role, node);
  if (flow === undefined) return false;
  const uri = ownUri(flow.endpoint, undefined).raw;
  const headers = HeaderList.of(
    ["Max-Forwards", "0"],
    ["From", `<${uri}>;tag=${newTag(state)}`],
    ["To", `<sip:${node.host}>`],
    ["Call-ID", newCallId(state)],
    ["CSeq", `${newCSeq(state)} OPTIONS`],
    ["Contact", `<${uri}>`],
  );
  const request = { method: "OPTIONS", uri: `sip:${node.host}`, headers, body: new Uint8Array(0) };
  return sendRequest(state, now, request, flow) !== undefined;
}

function down(state: EdgeState, now: number, node: PbxNode): void {
  const { pbxHealth: health } = state;
  const of = healthOf(state, node);
  const was = of.up;
  const active = activeNode(state) === node;
  of.up = false;
  if (active) state.pbx.reachable = false;
  if (was === false) return;
  health.triedAt = now;
  const banned = was === true && (now - health.refusedAt < AFTER_REFUSALS || trunksHeardSince(state, node));
  if (active) health.silence = banned ? "banned" : "down";
  if (banned) sayBanned(state, node);
  else tell(state, { event: "pbx", level: "error", reason: "silent", detail: nodeName(node) });
  choose(state, now, undefined);
}

function sayBanned(state: EdgeState, node: PbxNode): void {
  const detail = `${nodeName(node)} has probably banned this machine: it answered phones' requests and no longer does. Put the address of core.phones_from on its white list (Accept)`;
  tell(state, { event: "pbx", level: "error", reason: "banned", detail });
}

/** The PBX went on answering the trunks' socket after its last word to the phones'. */
function trunksHeardSince(state: EdgeState, node: PbxNode): boolean {
  const { trunksAnsweredAt } = state.pbxHealth;
  const last = healthOf(state, node).answeredAt;
  return last !== undefined && trunksAnsweredAt > last + askingInterval(state);
}

/** The node for what comes next. One that is new, or that was away, knows none of our registrations. */
function choose(state: EdgeState, now: number, returned: PbxNode | undefined): void {
  const { pbxHealth: health } = state;
  const best = preferred(state).find((node) => healthOf(state, node).up !== false);
  const before = activeNode(state);
  if (best !== undefined) health.active = nodeName(best);
  const active = activeNode(state);
  const of = active === undefined ? undefined : healthOf(state, active);
  state.pbx.reachable = of?.up;
  if (of?.up === true) health.silence = undefined;
  if (active === before && active !== returned) return;
  if (active !== before) {
    const detail = active === undefined ? "none" : nodeName(active);
    tell(state, { event: "pbx", level: "warn", reason: "failover", detail: `calls and registrations go to ${detail}` });
  }
  state.pbx.backAt = now;
  renewAll(state, now);
}

function healthOf(state: EdgeState, node: PbxNode): NodeHealth {
  const name = nodeName(node);
  const known = state.pbxHealth.nodes.get(name);
  if (known !== undefined) return known;
  const fresh: NodeHealth = { up: undefined, misses: 0, waiting: false, answeredAt: undefined };
  state.pbxHealth.nodes.set(name, fresh);
  return fresh;
}
