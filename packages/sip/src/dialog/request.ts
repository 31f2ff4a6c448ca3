import { Bug } from "../bug.ts";
import { noBody, type OutRequest } from "../message/build.ts";
import { HeaderList } from "../message/headers.ts";
import { parseNameAddr } from "../parse/name-addr.ts";
import { asRequestUri, type Dialog } from "./state.ts";

/** RFC 3261 §8.1.1.5: a sequence number stays below 2^31. */
const MAX_CSEQ = 2 ** 31 - 1;

/**
 * RFC 3261 §12.2.1.1: a request inside the dialog, with the next CSeq number, or with `cseq` for an ACK, which has its
 * INVITE's. The caller adds Contact, body and the rest; the transaction adds Via.
 */
export function requestInDialog(
  dialog: Dialog,
  method: string,
  cseq?: number,
): { readonly dialog: Dialog; readonly request: OutRequest } {
  const number = cseq ?? dialog.localSeq + 1;
  if (number > MAX_CSEQ) throw new Bug("a dialog of ours does not send two thousand million requests");
  const { uri, routes } = nextHop(dialog);
  const headers = HeaderList.of();
  for (const route of routes) headers.add("Route", route);
  headers
    .add("Max-Forwards", "70")
    .add("From", tagged(dialog.localUri, dialog.localTag))
    .add("To", tagged(dialog.remoteUri, dialog.remoteTag))
    .add("Call-ID", dialog.callId)
    .add("CSeq", `${number} ${method}`);
  return {
    dialog: { ...dialog, localSeq: Math.max(dialog.localSeq, number) },
    request: { method, uri, headers, body: noBody },
  };
}

/**
 * With a loose router (`lr`) first, or no routes, the Request-URI is the target. A strict router of RFC 2543 wants to
 * find itself in the Request-URI, and the target at the end of the Route list.
 */
function nextHop(dialog: Dialog): { readonly uri: string; readonly routes: readonly string[] } {
  const { remoteTarget, routeSet } = dialog;
  const [first, ...rest] = routeSet;
  const uri = first === undefined ? undefined : parseNameAddr(first)?.uri;
  if (uri?.kind !== "sip" || uri.params.some((param) => param.name === "lr")) {
    return { uri: remoteTarget, routes: routeSet };
  }
  return { uri: asRequestUri(uri), routes: [...rest, `<${remoteTarget}>`] };
}

/** §12.2.1.1: a peer without a tag gets none back. */
function tagged(address: string, tag: string): string {
  return tag === "" ? address : `${address};tag=${tag}`;
}
