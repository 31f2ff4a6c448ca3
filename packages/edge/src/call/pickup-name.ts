/**
 * Names under which a watcher may refer to somebody else's call (RFC 3891 §1, call pickup): made from our own id of the
 * call and keyed hashes, so that they say nothing of real Call-IDs and tags and cannot be used inside the dialog (L5).
 */
import { type EdgeState, keyed } from "../state.ts";
import type { Call, Leg } from "./call.ts";

export interface PickupName {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

/** For a dialog of the PBX's with us, as it names it; undefined when it is none of our calls with a phone. */
export function pickupName(state: EdgeState, callId: string, local: string, remote: string): PickupName | undefined {
  const found = state.calls.legByTag(local) ?? state.calls.legByTag(remote);
  const far = found?.leg.dialog?.remoteTag;
  if (found === undefined || far === undefined || found.leg.callId !== callId || !isCore(found.leg)) return undefined;
  const { call, leg } = found;
  const ours = tagFor(state, call, "ours");
  const theirs = tagFor(state, call, "theirs");
  if (local === leg.localTag && remote === far) return { callId: call.id, localTag: ours, remoteTag: theirs };
  if (remote === leg.localTag && local === far) return { callId: call.id, localTag: theirs, remoteTag: ours };
  return undefined;
}

/** The legs and real tags behind such a name. */
export function pickedUp(
  state: EdgeState,
  name: { readonly callId: string; readonly toTag: string; readonly fromTag: string },
): { readonly call: Call; readonly leg: Leg; readonly other: Leg; toTag: string; fromTag: string } | undefined {
  const call = state.calls.get(name.callId);
  if (call === undefined) return undefined;
  const [other, leg] = isCore(call.a) ? [call.a, call.b] : [call.b, call.a];
  const far = other.dialog?.remoteTag;
  if (far === undefined || !isCore(other)) return undefined;
  const ours = tagFor(state, call, "ours");
  const theirs = tagFor(state, call, "theirs");
  if (name.toTag === ours && name.fromTag === theirs) return { call, leg, other, toTag: other.localTag, fromTag: far };
  if (name.toTag === theirs && name.fromTag === ours) return { call, leg, other, toTag: far, fromTag: other.localTag };
  return undefined;
}

function isCore(leg: Leg): boolean {
  return leg.flow.endpoint.role === "core-phones";
}

function tagFor(state: EdgeState, call: Call, whose: "ours" | "theirs"): string {
  return keyed(state, 16, "pickup", call.id, whose);
}
