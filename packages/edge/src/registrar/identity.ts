/** Who a request is from: the account registered on the flow it came over, never its From header (threat L7). */
import type { Request, SipUri, Uri } from "@ringfence/sip";
import type { Flow } from "../flow.ts";
import { type CoreSettings, servedDomain } from "../settings.ts";
import type { EdgeState } from "../state.ts";
import type { Binding } from "./binding.ts";

/**
 * A phone with several lines registers them over one flow; then From may choose among those, and only among those.
 */
export function identityOn(state: EdgeState, flow: Flow, request: Request): Binding | undefined {
  const bindings = state.bindings.onFlow(flow.id);
  const claimed = request.from.uri.kind === "sip" ? request.from.uri.user : undefined;
  return bindings.find((b) => b.user === claimed) ?? bindings[0];
}

export interface AddressOfRecord {
  readonly user: string;
  readonly domain: string;
  readonly shownDomain: string;
}

/** The account a To or From names; undefined when it is not one of a domain we serve. */
export function addressOfRecord(settings: CoreSettings, uri: Uri): AddressOfRecord | undefined {
  if (uri.kind !== "sip" || uri.user === undefined || uri.user === "") return undefined;
  const domain = servedDomain(settings, uri.host);
  return domain === undefined ? undefined : { user: uri.user, domain, shownDomain: uri.host };
}

/** The binding a request from the PBX is meant for: by our own URI parameter, else by user part (pbx.md finding 4). */
export function bindingFor(state: EdgeState, uri: SipUri): Binding | undefined {
  const token = uri.params.find((p) => p.name === "rf")?.value;
  const exact = token === undefined ? undefined : state.bindings.get(token);
  if (exact !== undefined) return exact;
  // A token that we once gave and no longer know is a phone that is gone: not another phone of that user.
  if (token !== undefined || uri.user === undefined) return undefined;
  return state.bindings.latestOfUser(uri.user);
}
