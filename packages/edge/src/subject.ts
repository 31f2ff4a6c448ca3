/** A request as the policy sees it: plain data, the source from the socket, the account from the flow. */
import type { DialledNumber, SignalSubject } from "@ringfence/policy";
import { parseNameAddr, type Request } from "@ringfence/sip";
import { dialledText } from "./dialled-text.ts";
import { userOf } from "./egress.ts";
import type { Flow } from "./flow.ts";
import { loadOf } from "./load.ts";
import { identityOn } from "./registrar/identity.ts";
import type { EdgeState } from "./state.ts";
import { trunkOf } from "./trunk/carrier.ts";
import { calledNumber } from "./trunk/registered-line.ts";

export function signalSubject(
  state: EdgeState,
  now: number,
  flow: Flow,
  request: Request,
  inDialog: boolean,
): SignalSubject {
  const target = request.requestUri;
  const user = calledNumber(state, flow, request);
  const account = flow.side === "phone" ? identityOn(state, flow, request)?.user : undefined;
  const opensCall = request.method === "INVITE" && !inDialog;
  const trunk = flow.endpoint.role === "core-trunks" ? trunkOf(state, user ?? "") : flow.trunk;
  return {
    side: flow.side,
    trunk,
    packetSource: flow.packetSource.address,
    transport: flow.transport,
    method: request.method,
    inDialog,
    size: request.size,
    headerCount: request.headers.size,
    targetScheme: target.kind === "tel" ? "tel" : target.scheme,
    targetUser: user,
    targetHost: target.kind === "sip" ? target.host : "",
    targetRaw: target.raw,
    number: dialledNumber(state, request, user, inDialog, trunk),
    account,
    at: now + state.use.ledger.wallOffset,
    load: loadOf(state, now, { side: flow.side, account, trunk }, opensCall ? "call" : "no-call"),
  };
}

/** Whom the request calls, if it calls somebody. */
function dialledNumber(
  { settings }: EdgeState,
  request: Request,
  called: string | undefined,
  inDialog: boolean,
  trunk: string | undefined,
): DialledNumber | undefined {
  const { method, requestUri } = request;
  if (method === "INVITE" && !inDialog) {
    return settings.policy.readNumber(called === userOf(requestUri) ? dialledText(requestUri) : called, trunk);
  }
  if (method !== "REFER") return undefined;
  const target = parseNameAddr(request.headers.get("Refer-To") ?? "")?.uri;
  return target === undefined ? undefined : settings.policy.readNumber(dialledText(target), trunk);
}
