/** Calls that a new INVITE refers to: Replaces (RFC 3891) and Target-Dialog (RFC 4538), in the words of the other side. */
import type { Request } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { EdgeState } from "../state.ts";
import type { Route } from "../trunk/route.ts";
import {
  formatReplaces,
  formatTargetDialog,
  namedCall,
  ownCall,
  parseReplaces,
  parseTargetDialog,
} from "./dialog-name.ts";
import { type HeaderPair, supportedHeaders } from "./headers.ts";
import { lists } from "./option-tags.ts";

export function referenceHeaders(
  state: EdgeState,
  request: Request,
  flow: Flow,
  routed: Route,
): readonly HeaderPair[] | { readonly status: number; readonly phrase: string } {
  const headers: HeaderPair[] = [];
  // From and to carriers nothing of this crosses.
  if (flow.side === "trunk" || routed.trunk !== undefined) return headers;
  headers.push(...state.callIds.translated(request.headers.all("In-Reply-To"), flow, routed.caller?.user));
  // RFC 3891 §3: who does not support Replaces takes the INVITE for an ordinary one.
  if (!state.settings.config.phones.methods.refer) return headers;
  headers.push(...supportedHeaders(state.settings, routed.flow));
  const replaces = request.headers.get("Replaces");
  if (replaces !== undefined) {
    const name = parseReplaces(replaces);
    if (name === undefined) return { status: 400, phrase: "Replaces unreadable" };
    const named = namedCall(state, flow, name);
    // Towards a phone only a call of that very account is replaced.
    const theirs = routed.binding === undefined || named?.other.account === routed.binding.user;
    if (named === undefined || !theirs) return { status: 481, phrase: "Replaces names no call here" };
    headers.push(["Replaces", formatReplaces(named.name)]);
    if (lists(request.headers, "Require", "replaces")) headers.push(["Require", "replaces"]);
  }
  const target = parseTargetDialog(request.headers.get("Target-Dialog") ?? "");
  const about = target === undefined ? undefined : ownCall(state, flow, target);
  if (about !== undefined) headers.push(["Target-Dialog", formatTargetDialog(about.name)]);
  return headers;
}
