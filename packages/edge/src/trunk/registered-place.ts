/** What we are to a carrier that we register with: account, Contact, and whether new settings still mean the same. */
import { type Hop, sipUri } from "@ringfence/sip";
import type { CoreSettings, TrunkSettings } from "../settings.ts";
import { type EdgeState, keyed } from "../state.ts";
import { carrierFlow } from "./carrier.ts";
import { ownUri } from "./pbx.ts";
import type { RegisteredPlace, Registration } from "./trunk-states.ts";

/** The account as the carrier knows it: `user`, or `user@domain` where the domain is not the host's name. */
function accountOf({ config }: TrunkSettings): { readonly user: string; readonly domain: string } | undefined {
  const name = config.credentials?.user;
  if (name === undefined) return undefined;
  const at = name.indexOf("@");
  const host = config.hosts[0]?.host ?? "";
  return at < 0 ? { user: name, domain: host } : { user: name.slice(0, at), domain: name.slice(at + 1) };
}

/** The same before and after another password: the carrier must not see two Contacts and ring both. */
export function tokenOf(state: EdgeState, { config }: TrunkSettings): string {
  return keyed(state, 16, "trunk-contact", config.name, config.credentials?.user ?? "");
}

export function secretOf(state: EdgeState, { config, password }: TrunkSettings): string {
  return keyed(state, 16, "trunk-password", config.name, password ?? "");
}

/** Undefined: no socket leads to that host. */
export function placeFor(
  state: EdgeState,
  settings: CoreSettings,
  trunk: TrunkSettings,
  hop: Hop,
): RegisteredPlace | undefined {
  const account = accountOf(trunk);
  const candidate = { trunk, hop };
  const flow = carrierFlow(settings, candidate);
  if (account === undefined || flow === undefined) return undefined;
  return {
    candidate,
    domain: account.domain,
    aor: sipUri({ user: account.user, host: account.domain }).raw,
    contact: ownUri(flow.endpoint, account.user, tokenOf(state, trunk)).raw,
  };
}

/** Another user, domain or Contact is another registration; the carrier has to be told that the old one is over. */
export function isOver(state: EdgeState, settings: CoreSettings, name: string, { place }: Registration): boolean {
  const trunk = settings.trunks.find((t) => t.config.name === name);
  if (trunk === undefined || trunk.config.mode === "peer") return true;
  if (place === undefined) return false;
  // Its host may be away for the moment; what we say of ourselves does not depend on that.
  const wanted = [...trunk.hops, place.candidate.hop].map((hop) => placeFor(state, settings, trunk, hop));
  return !wanted.some((one) => one?.aor === place.aor && one.contact === place.contact);
}
