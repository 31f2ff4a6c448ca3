/** A target refresh may move where the peer is reached (RFC 3261 §12.2.2), also to a new port behind its NAT. */
import { parseContacts, type Request, retarget } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { Leg } from "./call.ts";

export function refreshTarget(leg: Leg, request: Request, flow: Flow): void {
  leg.flow = flow;
  const contacts = parseContacts(request.headers.all("Contact"));
  const uri = contacts === undefined || contacts === "*" ? undefined : contacts[0]?.uri;
  if (leg.dialog !== undefined && uri !== undefined) leg.dialog = retarget(leg.dialog, uri);
}
