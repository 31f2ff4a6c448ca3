/** From a configuration and what it names to the settings of the core. */
import type { Accounts, Config, Policy } from "@ringfence/policy";
import type { CarrierFinder } from "./carrier-finder.ts";
import { fraudPlaceOf } from "./io/fraud-client.ts";
import type { CertificateSource } from "./io/tls-door.ts";
import { layOut, type PeerSecrets } from "./layout.ts";
import { accountBook } from "./registrar/accounts.ts";
import type { CoreSettings } from "./settings.ts";
import { stirSettings } from "./stir/stir-settings.ts";

export interface EdgeSettings extends PeerSecrets {
  /** A name for this configuration: decisions that it made give it back. */
  readonly edition?: string | undefined;
  readonly config: Config;
  /** Certificate and key in PEM by configured name; undefined is the self-signed one. */
  readonly tls: CertificateSource;
  /** With `authentication: edge`. */
  readonly accounts?: Accounts | undefined;
  /** Which country an address is in. Never throws. */
  readonly countryOf?: CoreSettings["countryOf"];
}

/** Names are looked up: it takes as long as DNS does. */
export async function buildSettings(
  settings: EdgeSettings,
  policy: Policy,
  finder: CarrierFinder,
): Promise<CoreSettings> {
  const { config, accounts, edition, countryOf } = settings;
  const laidOut = await layOut(config, policy, finder, settings);
  return {
    ...laidOut,
    edition,
    countryOf,
    accounts: accountBook(config, accounts),
    stir: stirSettings(config, settings),
    fraudPlace: fraudPlaceOf(config.policy.fraudService, settings),
  };
}
