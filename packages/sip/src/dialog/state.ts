import type { OutRequest } from "../message/build.ts";
import type { HeaderList } from "../message/headers.ts";
import type { Request, Response } from "../message/message.ts";
import { limits } from "../parse/limits.ts";
import { formatNameAddr, type NameAddr, parseContacts, parseNameAddr, parseNameAddrList } from "../parse/name-addr.ts";
import { decimal } from "../parse/octets.ts";
import { formatUri, type SipUri, type Uri } from "../parse/uri.ts";

/** A dialog as data (RFC 3261 §12). Nothing in it refers to a socket, a timer or a call. */
export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  /** Empty when an RFC 2543 peer gave none (§12.1.1, §12.1.2). */
  readonly remoteTag: string;
  /** name-addr without tag: what From or To of our requests say. */
  readonly localUri: string;
  readonly remoteUri: string;
  /** CSeq number of the last request we sent; 0 before the first. */
  readonly localSeq: number;
  /** CSeq number of the last request the peer sent. */
  readonly remoteSeq: number | undefined;
  /** The peer's Contact, fit to be a Request-URI. */
  readonly remoteTarget: string;
  /** Route values, the next hop first. */
  readonly routeSet: readonly string[];
}

/** RFC 3261 §12: Call-ID, local tag and remote tag name a dialog. None of them can contain a line feed. */
export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return [callId, localTag, remoteTag].join("\n");
}

/**
 * RFC 3261 §12.1.2: the dialog that a response to our request made or confirmed. Undefined for 100 and 3xx-6xx, for
 * a provisional response without To tag, and when its Contact or Record-Route cannot be used. A response without
 * Contact leaves the target where the request went: phones answer 180 so.
 */
export function uacDialog(sent: OutRequest, response: Response): Dialog | undefined {
  const { status } = response;
  if (status <= 100 || status >= 300) return undefined;
  const remoteTag = response.to.tag ?? "";
  if (remoteTag === "" && status < 200) return undefined;
  const from = parseNameAddr(sent.headers.get("From") ?? "");
  const to = parseNameAddr(sent.headers.get("To") ?? "");
  const localSeq = sequenceNumber(sent.headers);
  const remoteTarget = contactTarget(response.headers, sent.uri);
  const routes = routeList(response.headers);
  if (from?.tag === undefined || to === undefined || localSeq === undefined) return undefined;
  if (remoteTarget === undefined || routes === undefined) return undefined;
  return {
    callId: sent.headers.get("Call-ID") ?? "",
    localTag: from.tag,
    remoteTag,
    localUri: withoutTag(from),
    remoteUri: withoutTag(to),
    localSeq,
    remoteSeq: undefined,
    remoteTarget,
    // The record was written from our side outwards in reverse: the nearest proxy stands last.
    routeSet: routes.toReversed(),
  };
}

/** RFC 3261 §13.2.2.4: a 2xx recomputes route set and target of its early dialog; sequence numbers go on. */
export function confirmDialog(early: Dialog, sent: OutRequest, response: Response): Dialog | undefined {
  const confirmed = uacDialog(sent, response);
  if (confirmed === undefined) return undefined;
  return { ...confirmed, localSeq: Math.max(early.localSeq, confirmed.localSeq), remoteSeq: early.remoteSeq };
}

/** RFC 3261 §12.1.1: the dialog we make by answering a request. Undefined without a usable Contact. */
export function uasDialog(request: Request, localTag: string): Dialog | undefined {
  const remoteTarget = contactTarget(request.headers, undefined);
  const routeSet = routeList(request.headers);
  if (remoteTarget === undefined || routeSet === undefined) return undefined;
  return {
    callId: request.callId,
    localTag,
    remoteTag: request.from.tag ?? "",
    localUri: withoutTag(request.to),
    remoteUri: withoutTag(request.from),
    localSeq: 0,
    remoteSeq: request.cseq.number,
    remoteTarget,
    routeSet,
  };
}

/**
 * RFC 3261 §12.2.2: a CSeq number that is not above the last one is stale, and the answer is 500. An equal one is no
 * copy, those end in the transaction layer. ACK and CANCEL carry the number of their INVITE.
 */
export function acceptInDialog(
  dialog: Dialog,
  request: Request,
): { readonly kind: "ok"; readonly dialog: Dialog } | { readonly kind: "stale" } {
  if (request.method === "ACK" || request.method === "CANCEL") return { kind: "ok", dialog };
  const { number } = request.cseq;
  if (dialog.remoteSeq !== undefined && number <= dialog.remoteSeq) return { kind: "stale" };
  return { kind: "ok", dialog: { ...dialog, remoteSeq: number } };
}

/** RFC 3261 §12.2.1.2, §12.2.2: a target refresh. Only a SIP URI can be one; another leaves the dialog as it was. */
export function retarget(dialog: Dialog, contact: Uri): Dialog {
  return contact.kind === "sip" ? { ...dialog, remoteTarget: asRequestUri(contact) } : dialog;
}

/** RFC 3261 §19.1.1 table 1: a Request-URI has no headers and no method parameter, a Contact may. */
export function asRequestUri(uri: SipUri): string {
  const hasMethod = uri.params.some((param) => param.name === "method");
  if (uri.headers === undefined && !hasMethod) return uri.raw;
  return formatUri({ ...uri, headers: undefined, params: uri.params.filter((param) => param.name !== "method") });
}

function sequenceNumber(headers: HeaderList): number | undefined {
  const cseq = headers.get("CSeq") ?? "";
  return decimal(cseq.slice(0, Math.max(0, cseq.indexOf(" "))), 0xffff_ffff);
}

function contactTarget(headers: HeaderList, otherwise: string | undefined): string | undefined {
  const values = headers.all("Contact");
  if (values.length === 0) return otherwise;
  const contacts = parseContacts(values);
  if (contacts === undefined || contacts === "*" || contacts.length !== 1) return undefined;
  const uri = contacts[0]?.uri;
  return uri?.kind === "sip" ? asRequestUri(uri) : undefined;
}

function routeList(headers: HeaderList): readonly string[] | undefined {
  const routes = parseNameAddrList(headers.all("Record-Route"), limits.listElements);
  if (routes?.some((route) => route.uri.kind !== "sip")) return undefined;
  return routes?.map((route) => formatNameAddr({ uri: route.uri.raw, params: route.params }));
}

function withoutTag(address: NameAddr): string {
  return formatNameAddr({ displayName: address.displayName, uri: address.uri.raw });
}
