/** OPTIONS to every host of a trunk: a host that answers anything but 503 is there. */
import { HeaderList, noBody, sipUri } from "@ringfence/sip";
import { tagged } from "../call/headers.ts";
import { type EdgeState, newCallId, newCSeq, newTag } from "../state.ts";
import { type Candidate, carrierFlow } from "./carrier.ts";
import { ownUri, sendRequest } from "./pbx.ts";
import type { OwnRequest } from "./trunk-states.ts";

/** A host that takes longer to answer OPTIONS is of no use to a caller either. */
const PATIENCE = 4_000;

export function pingAll(state: EdgeState, now: number, name: string): void {
  const trunk = state.settings.trunks.find((t) => t.config.name === name);
  for (const hop of trunk?.hops ?? []) if (trunk !== undefined) ping(state, now, { trunk, hop });
}

function ping(state: EdgeState, now: number, candidate: Candidate): void {
  const flow = carrierFlow(state.settings, candidate);
  if (flow === undefined) return;
  const { hop, trunk } = candidate;
  const user = trunk.config.credentials?.user;
  const target = sipUri({ host: hop.host }).raw;
  const own = sipUri({ host: flow.endpoint.advertised.address }).raw;
  const headers = HeaderList.of(
    ["Max-Forwards", "70"],
    ["From", tagged(own, newTag(state))],
    ["To", `<${target}>`],
    ["Call-ID", newCallId(state)],
    ["CSeq", `${newCSeq(state)} OPTIONS`],
    ["Contact", `<${ownUri(flow.endpoint, user).raw}>`],
    ["Accept", "application/sdp"],
  );
  const request = { method: "OPTIONS", uri: target, headers, body: noBody };
  const id = sendRequest(state, now, request, flow);
  if (id !== undefined) watch(state, now, id, PATIENCE, { kind: "options", candidate, sent: request });
}

/** The answer belongs to us and not to a call; without one the deadline tells. */
export function watch(
  state: EdgeState,
  now: number,
  id: number,
  patience: number,
  what: Pick<OwnRequest, "kind" | "sent" | "entry"> & { readonly candidate: Candidate },
): void {
  state.trunks.requests.set(id, {
    kind: what.kind,
    trunk: what.candidate.trunk.config.name,
    at: what.candidate.hop,
    sent: what.sent,
    entry: what.entry,
    patience: state.deadlines.arm(now + patience, { owner: "trunk-request", id }),
  });
}
