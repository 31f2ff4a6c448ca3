/** A call from a carrier as the PBX gets it. */
import { type Request, sipUri } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import type { EdgeState } from "../state.ts";
import { callerHeaders, callerOf, diversionHeaders } from "./caller-headers.ts";
import { asJudged } from "./numbers.ts";
import { ownUri, pbxFlow } from "./pbx.ts";
import { activeNode } from "./pbx-node.ts";
import { calledNumber } from "./registered-line.ts";
import { noPbx, portOf, type Routed } from "./route-shape.ts";

export function trunkToPbx(state: EdgeState, request: Request, flow: Flow): Routed {
  const core = pbxFlow(state, "core-trunks");
  if (core === undefined) return noPbx;
  const { trunks } = state.settings;
  const pbx = activeNode(state) ?? state.settings.pbx;
  const rules = trunks.find((t) => t.config.name === flow.trunk)?.config.numbers;
  const delivered = calledNumber(state, flow, request);
  const called = delivered === undefined ? undefined : asJudged(delivered);
  const caller = callerOf(request, rules?.callerId ?? "from");
  const shown = caller.private ? "anonymous" : (caller.user ?? "anonymous");
  const host = core.endpoint.advertised.address;
  const target = sipUri({ ...(called === undefined ? {} : { user: called }), host: pbx.host, ...portOf(pbx) }).raw;
  return {
    flow: core,
    requestUri: target,
    from: {
      uri: sipUri({ user: shown, host }).raw,
      displayName: caller.private ? undefined : caller.displayName,
    },
    to: target,
    contact: ownUri(core.endpoint, shown).raw,
    credentials: undefined,
    binding: undefined,
    caller: undefined,
    trunk: flow.trunk,
    asserted: caller.user,
    headers: [
      // Whatever form the carrier uses, the PBX gets one.
      ...callerHeaders(caller, rules === undefined || rules.callerId === "from" ? "from" : "pai", host),
      ...(rules?.diversion === true ? diversionHeaders(request, host, (user) => user) : []),
    ],
  };
}
