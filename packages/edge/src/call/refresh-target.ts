/** A target refresh may move where the peer is reached (RFC 3261 §12.2.2), also to a new port behind its NAT. */
import { parseContacts, type Request, type Response, retarget } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { Leg } from "./call.ts";

export function refreshTarget(leg: Leg, request: Request, flow: Flow): void {
  leg.flow = flow;
  retargetFrom(leg, request);
}

/** RFC 3311 §5.1, RFC 3261 §12.2.1.2: a 2xx moves the target as the request does. */
export function retargetFrom(leg: Leg, message: Request | Response): void {
  const contacts = parseContacts(message.headers.all("Contact"));
  const uri = contacts === undefined || contacts === "*" ? undefined : contacts[0]?.uri;
  if (leg.dialog !== undefined && uri !== undefined) leg.dialog = retarget(leg.dialog, uri);
}
