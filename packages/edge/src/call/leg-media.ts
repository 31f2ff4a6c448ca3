/** Where a leg's media lives: next to its signalling, so that the route and the address shown are the right ones. */
import type { TrunkConfig } from "@ringfence/policy";
import { sameFamily } from "../address.ts";
import type { Flow } from "../flow.ts";
import type { LegMedia } from "../media-port.ts";
import type { CoreSettings } from "../settings.ts";

export function legMedia(settings: CoreSettings, flow: Flow, trunk: string | undefined): LegMedia {
  const { config } = settings;
  const outside = flow.side !== "core";
  const rule = outside ? (trunkConfig(settings, trunk)?.media ?? config.phones.media) : config.core.media;
  const signalling = flow.endpoint.local.address;
  // Behind an interface of its own a carrier sees no address but that of its signalling.
  const anywhere = outside && trunkConfig(settings, trunk)?.interface === undefined;
  // A peer that signals over one family is sent media over the same: it may have no other.
  const fits = (address: string | undefined): address is string =>
    anywhere && address !== undefined && sameFamily(address, signalling);
  const configured = isWildcard(config.media.address) ? undefined : config.media.address;
  const localAddress = fits(configured) ? configured : signalling;
  const publicAddress = [config.media.publicAddress, config.phones.publicAddress].find(fits);
  const media = {
    side: flow.side,
    localAddress,
    advertisedAddress: publicAddress ?? localAddress,
    signallingAddress: flow.packetSource.address,
    secureSignalling: flow.transport === "tls" || flow.transport === "wss",
    srtp: rule.srtp,
    suites: rule.suites,
    keying: rule.keying,
    browser: flow.side === "phone" && (flow.transport === "ws" || flow.transport === "wss"),
    codecs: rule.codecs,
    t38: rule.t38,
    dtmf: rule.dtmf,
  };
  const { from, ports } = trunkConfig(settings, trunk)?.media ?? {};
  return {
    ...media,
    ...(from === undefined ? {} : { mediaFrom: from.map((cidr) => cidr.text) }),
    ...(ports === undefined ? {} : { mediaPorts: ports }),
  };
}

function trunkConfig(settings: CoreSettings, trunk: string | undefined): TrunkConfig | undefined {
  return trunk === undefined ? undefined : settings.trunks.find((t) => t.config.name === trunk)?.config;
}

function isWildcard(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}
