/**
 * Dialogs that a message names: Replaces (RFC 3891), Target-Dialog (RFC 4538). Each side knows a call by other Call-IDs
 * and tags, so a name is looked up among the calls and written anew in the words of the other side; a name that is none
 * of ours crosses nowhere.
 */
import { isToken, splitList } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { EdgeState } from "../state.ts";
import type { Call, Leg } from "./call.ts";
import { isPeerOf } from "./leg-flow.ts";
import { pickedUp } from "./pickup-name.ts";

/** `to` is the tag of whoever gets a message with this name (RFC 3891 §6.1), `from` that of the party beyond. */
export interface DialogName {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly earlyOnly: boolean;
}

export interface Named {
  readonly call: Call;
  readonly leg: Leg;
  readonly other: Leg;
  /** The same dialog pair as the other side knows it. */
  readonly name: DialogName;
}

/** Call-ID and tags are tokens of some ten characters; this is generous. */
const MAX_NAME = 512;

/** `call-id;to-tag=..;from-tag=..[;early-only]` */
export function parseReplaces(value: string): DialogName | undefined {
  return parseName(value, "to-tag", "from-tag");
}

/** `call-id;local-tag=..;remote-tag=..`, local being the sender's (RFC 4538 §7). */
export function parseTargetDialog(value: string): DialogName | undefined {
  return parseName(value, "remote-tag", "local-tag");
}

function parseName(value: string, toName: string, fromName: string): DialogName | undefined {
  // RFC 3891 §6.1: one dialog only.
  if (value.length > MAX_NAME || splitList(value, 1, "plain")?.length !== 1) return undefined;
  const [callId = "", ...params] = value.split(";").map((part) => part.trim());
  const tags = new Map<string, string>();
  for (const param of params) {
    const equals = param.indexOf("=");
    const key = (equals < 0 ? param : param.slice(0, equals)).toLowerCase();
    if (tags.has(key)) return undefined;
    tags.set(key, equals < 0 ? "" : param.slice(equals + 1));
  }
  const toTag = tags.get(toName);
  const fromTag = tags.get(fromName);
  if (callId === "" || toTag === undefined || fromTag === undefined) return undefined;
  return isToken(toTag) && isToken(fromTag) ? { callId, toTag, fromTag, earlyOnly: tags.has("early-only") } : undefined;
}

export function formatReplaces({ callId, toTag, fromTag, earlyOnly }: DialogName): string {
  return `${callId};to-tag=${toTag};from-tag=${fromTag}${earlyOnly ? ";early-only" : ""}`;
}

export function formatTargetDialog({ callId, toTag, fromTag }: DialogName): string {
  return `${callId};local-tag=${fromTag};remote-tag=${toTag}`;
}

/**
 * The call a name of this side means. Who names it must be on the same side as the leg; whether it may do what it wants
 * is for the PBX to say, which knows the accounts.
 */
export function namedCall(state: EdgeState, flow: Flow, name: DialogName): Named | undefined {
  const picked = flow.side === "phone" ? pickedUp(state, name) : undefined;
  if (picked !== undefined) {
    const { call, leg, other, toTag, fromTag } = picked;
    return { call, leg, other, name: { callId: other.callId, toTag, fromTag, earlyOnly: name.earlyOnly } };
  }
  const found = state.calls.legByTag(name.toTag) ?? state.calls.legByTag(name.fromTag);
  if (found === undefined || found.leg.callId !== name.callId) return undefined;
  const { call, leg } = found;
  const other = leg === call.a ? call.b : call.a;
  if (leg.flow.endpoint.role !== flow.endpoint.role || leg.flow.side !== flow.side) return undefined;
  const remote = leg.dialog?.remoteTag;
  if (remote === undefined || other.dialog === undefined) return undefined;
  const { callId, localTag } = other;
  const far = other.dialog.remoteTag;
  const { earlyOnly } = name;
  if (name.toTag === leg.localTag && name.fromTag === remote) {
    return { call, leg, other, name: { callId, toTag: far, fromTag: localTag, earlyOnly } };
  }
  if (name.toTag === remote && name.fromTag === leg.localTag) {
    return { call, leg, other, name: { callId, toTag: localTag, fromTag: far, earlyOnly } };
  }
  return undefined;
}

/** The same, and the leg is the sender's own (threat L5): a transfer is of one's own calls. */
export function ownCall(state: EdgeState, flow: Flow, name: DialogName): Named | undefined {
  const named = namedCall(state, flow, name);
  return named !== undefined && isPeerOf(state, named.leg, flow) ? named : undefined;
}
