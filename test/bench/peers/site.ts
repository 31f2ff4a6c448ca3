/** Where Ringfence, its PBX and its callers are on loopback. Several stand beside each other by their number. */
import type { Place } from "../load/phones.ts";

export interface Site {
  /** Of phones and of the trunk, over UDP. */
  readonly entry: Place;
  readonly tls: Place;
  readonly pbx: Place;
  readonly caller: Place;
  /** Towards the PBX: for phones, for the trunk. */
  readonly core: readonly [Place, Place];
  readonly metrics: string;
  readonly inspector: string;
}

export function siteOf(number: number): Site {
  const at = (address: string, port: number): Place => ({ address, port: port + 100 * number });
  const text = ({ address, port }: Place): string => `${address}:${port}`;
  return {
    entry: at("127.0.0.1", 15_060),
    tls: at("127.0.0.1", 15_066),
    pbx: at("127.0.0.3", 15_070),
    caller: at("127.0.0.2", 15_090),
    core: [at("127.0.0.1", 15_080), at("127.0.0.4", 15_080)],
    metrics: text(at("127.0.0.1", 19_060)),
    inspector: text(at("127.0.0.1", 19_229)),
  };
}

export const theSite: Site = siteOf(0);
