/** Where the carriers' hosts are, asked at the start, at a reload, and again whenever DNS said it may have changed. */
import { isIP } from "node:net";
import type { Config } from "@ringfence/policy";
import { isOutside } from "./flow.ts";
import type { Ask } from "./io/dns.ts";
import type { CoreSettings, TrunkSettings } from "./settings.ts";
import { AnswerCache } from "./trunk/answer-cache.ts";
import { type Located, type Locator, locate } from "./trunk/locate.ts";

type Trunk = Config["trunks"][number];

export class CarrierFinder {
  readonly #cache = new AnswerCache();
  readonly #ask: Ask;
  readonly #now: () => number;

  constructor(ask: Ask, now: () => number) {
    this.#ask = ask;
    this.#now = now;
  }

  /** Every trunk of the configuration; one that DNS knows nothing of has no hops, and the others serve. */
  findAll(config: Config, families: readonly (4 | 6)[]): Promise<readonly TrunkSettings[]> {
    return Promise.all(
      config.trunks.map(async (trunk) => ({ config: trunk, hops: (await this.#find(trunk, families)).hops })),
    );
  }

  /** The same settings with what moved; undefined when nothing did. */
  async again(settings: CoreSettings): Promise<readonly TrunkSettings[] | undefined> {
    const families = familiesOf(settings.endpoints);
    const trunks = await Promise.all(
      settings.trunks.map(async (trunk) => {
        if (!isNamed(trunk.config)) return trunk;
        const { hops } = await this.#find(trunk.config, families);
        // A zone that is empty for an hour must not end the service of a carrier that still answers where it was.
        return hops.length === 0 || same(hops, trunk.hops) ? trunk : { ...trunk, hops };
      }),
    );
    return trunks.every((trunk, index) => trunk === settings.trunks[index]) ? undefined : trunks;
  }

  #find(trunk: Trunk, families: readonly (4 | 6)[]): Promise<Located> {
    const locator: Locator = { cache: this.#cache, ask: this.#ask, now: this.#now, families };
    const hosts = trunk.hosts.map(({ host, port, transport, explicit, priority, weight }) => ({
      target: {
        host,
        port: explicit.port ? port : undefined,
        transport: explicit.transport ? transport : undefined,
      },
      priority,
      weight,
    }));
    return locate(hosts, locator);
  }
}

function isNamed(trunk: Trunk): boolean {
  return trunk.hosts.some(({ host }) => isIP(host) === 0);
}

export function familiesOf(endpoints: CoreSettings["endpoints"]): readonly (4 | 6)[] {
  const access = endpoints.filter((e) => isOutside(e.role));
  const has = (family: number): boolean => access.some((e) => isIP(e.local.address) === family);
  return ([4, 6] as const).filter(has);
}

function same(one: TrunkSettings["hops"], other: TrunkSettings["hops"]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
