import type { Request, Response } from "../message/message.ts";
import { branchCookie } from "../parse/via.ts";
import type { FlowRef } from "./flow.ts";

/** Cannot occur in a parsed field, so two different lists of fields never make one key. */
const separator = "\n";

/**
 * RFC 3261 §17.2.3: branch, sent-by and method, where ACK matches its INVITE. The flow is part of the key, so that
 * nobody else can answer for, cancel or acknowledge a transaction, whatever branch he guessed or saw.
 * `method` other than the request's own: for the INVITE that a CANCEL means (§9.2).
 */
export function serverKey(request: Request, flow: FlowRef, method: string = request.method): string {
  const { via } = request;
  const kind = method === "ACK" ? "INVITE" : method;
  if (via.branch !== undefined && hasCookie(via.branch)) {
    return [flow.id, kind, via.branch, via.host.toLowerCase(), via.port ?? ""].join(separator);
  }
  return legacyKey(request, flow, kind);
}

/**
 * §17.2.3 for a peer of RFC 2543. The To tag is left out: the ACK carries the one of the response, the INVITE does not,
 * and the CSeq number separates the requests of a dialog as well.
 */
function legacyKey(request: Request, flow: FlowRef, kind: string): string {
  const { requestUri, from, callId, cseq, via } = request;
  return [flow.id, kind, requestUri.raw, from.tag ?? "", callId, cseq.number, via.raw].join(separator);
}

/** A second one of these does harm: a phone rings twice, a message is read twice. */
const mergeable: ReadonlySet<string> = new Set(["INVITE", "SUBSCRIBE", "MESSAGE", "PUBLISH", "REFER"]);

/**
 * §8.2.2.2: what two copies of one request have in common that came along different ways, and no other request. The flow
 * is not part of it; the Request-URI is, because a proxy that forks a call to two phones of ours sends us both branches.
 * Undefined where there is nothing to compare, or where a second copy does no harm.
 */
export function mergeKey({ method, requestUri, to, from, callId, cseq }: Request): string | undefined {
  if (to.tag !== undefined || from.tag === undefined || !mergeable.has(method)) return undefined;
  return [method, requestUri.raw, from.tag, callId, cseq.number].join(separator);
}

function hasCookie(branch: string): boolean {
  return branch.length > branchCookie.length && branch.startsWith(branchCookie);
}

/** RFC 3261 §17.1.3, and no more than it: the PBX rebuilds the rest of our Via. */
export function clientKey(branch: string, method: string): string {
  return branch + separator + method;
}

export function responseKey(response: Response): string | undefined {
  const { branch } = response.via;
  return branch === undefined ? undefined : clientKey(branch, response.cseq.method);
}

/**
 * Whether a response that came over `from` may answer what was sent over `to`. Over a connection only the connection
 * itself; over UDP the same remote address, since a server may answer from another port (§18.2.2, RFC 3581 §4).
 */
export function isAnswerPath(to: FlowRef, from: FlowRef): boolean {
  if (to.id === from.id) return true;
  return !to.reliable && !from.reliable && to.packetSource.address === from.packetSource.address;
}
