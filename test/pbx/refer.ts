import type { Leg } from "./leg.ts";
import type { ServerTransaction } from "./server-transaction.ts";
import { parseUri, type SipAddress } from "./sip-address.ts";
import { header } from "./sip-message.ts";
import { Transfer } from "./transfer.ts";

/** A dialog of ours as RFC 3891 §3 names it: `toTag` is our own tag there. */
export interface Replaced {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
}

export interface ReferTarget {
  readonly uri: SipAddress;
  readonly replaces: Replaced | undefined;
}

/** `Refer-To`: the URI, and the dialog that its escaped Replaces header names (RFC 3891 §5). */
export function readReferTo(value: string): ReferTarget | undefined {
  const open = value.indexOf("<");
  const close = value.indexOf(">", open);
  const text = open < 0 ? value : value.slice(open + 1, close < 0 ? undefined : close);
  const uri = parseUri(text);
  const question = text.indexOf("?");
  if (uri === undefined) return undefined;
  if (question < 0) return { uri, replaces: undefined };
  const pairs = text.slice(question + 1).split("&");
  const found = pairs.map((pair) => pair.split("=")).find(([name]) => name?.toLowerCase() === "replaces");
  return { uri, replaces: found?.[1] === undefined ? undefined : readReplaces(unescaped(found[1])) };
}

/** `call-id;to-tag=x;from-tag=y`. */
export function readReplaces(value: string): Replaced | undefined {
  const [callId = "", ...params] = value.split(";").map((part) => part.trim());
  const tag = (name: string): string => params.find((p) => p.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const replaced = { callId, toTag: tag("to-tag"), fromTag: tag("from-tag") };
  return callId === "" || replaced.toTag === "" || replaced.fromTag === "" ? undefined : replaced;
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** REFER in a call: 202, then the PBX transfers the call itself, as a B2BUA can. */
export function onRefer(leg: Leg, tx: ServerTransaction): void {
  const { call } = leg;
  const target = readReferTo(header(tx.request, "refer-to") ?? "");
  if (target === undefined) {
    tx.respond(400, { reason: "Bad Request" });
    return;
  }
  const far = call.leg(leg.side === "a" ? "b" : "a");
  if (call.core.knobs.refer === "decline" || far === undefined || call.state !== "answered" || call.transfer) {
    tx.respond(603);
    return;
  }
  leg.retarget(tx.request);
  tx.respond(202, { headers: [["Contact", leg.contact]] });
  const transfer = new Transfer(leg, far);
  if (target.replaces === undefined) transfer.blind(target.uri.user);
  else transfer.attended(target.replaces);
}
