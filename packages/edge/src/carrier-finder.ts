/** Where the carriers' hosts are, asked at the start, at a reload, and again whenever DNS said it may have changed. */
import { isIP } from "node:net";
import { type Config, canonicalIp, RingfenceError } from "@ringfence/policy";
import { isOutside } from "./flow.ts";
import type { Ask } from "./io/dns.ts";
import type { CoreSettings, TrunkSettings } from "./settings.ts";
import { AnswerCache } from "./trunk/answer-cache.ts";
import { CarrierAddresses } from "./trunk/carrier-address.ts";
import { type Locator, locate } from "./trunk/locate.ts";

type Trunk = Config["trunks"][number];

/** What DNS said that is not followed: told once, not at every look. */
export type RefusedAnswer = (trunk: string, detail: string) => void;

/** Kinds of refused answers that are remembered as told. */
const MAX_TOLD = 1_000;

export class CarrierFinder {
  readonly #cache = new AnswerCache();
  readonly #ask: Ask;
  readonly #now: () => number;
  readonly #onRefused: RefusedAnswer;
  readonly #told = new Set<string>();

  constructor(ask: Ask, now: () => number, onRefused: RefusedAnswer = () => {}) {
    this.#ask = ask;
    this.#now = now;
    this.#onRefused = onRefused;
  }

  /** Every trunk of the configuration; one that DNS knows nothing of has no hops, and the others serve. */
  findAll(
    config: Config,
    families: readonly (4 | 6)[],
    addresses: CarrierAddresses,
  ): Promise<readonly TrunkSettings[]> {
    return Promise.all(
      config.trunks.map(async (trunk) => ({ config: trunk, hops: await this.#find(trunk, families, addresses) })),
    );
  }

  /**
   * What a reload goes on with. A carrier that DNS knows nothing of right now stays where it was, if its hosts are the same.
   * @throws RingfenceError `trunk-unresolvable` for one that is new, or has new hosts: the name is most likely misspelt
   */
  settled(found: readonly TrunkSettings[], before: readonly TrunkSettings[]): readonly TrunkSettings[] {
    return found.map((trunk) => {
      if (trunk.hops.length > 0 || trunk.config.hosts.length === 0) return trunk;
      const known = before.find(({ config }) => config.name === trunk.config.name);
      if (known !== undefined && same(known.config.hosts, trunk.config.hosts)) return { ...trunk, hops: known.hops };
      throw unresolvable(trunk.config);
    });
  }

  /** The same settings with what moved; undefined when nothing did. */
  async again(settings: CoreSettings): Promise<readonly TrunkSettings[] | undefined> {
    const families = familiesOf(settings.endpoints);
    const trunks = await Promise.all(
      settings.trunks.map(async (trunk) => {
        if (!isNamed(trunk.config)) return trunk;
        const hops = await this.#find(trunk.config, families, settings.carrierAddresses ?? new CarrierAddresses());
        // A zone that is empty for an hour must not end the service of a carrier that still answers where it was.
        return hops.length === 0 || same(hops, trunk.hops) ? trunk : { ...trunk, hops };
      }),
    );
    return trunks.every((trunk, index) => trunk === settings.trunks[index]) ? undefined : trunks;
  }

  async #find(trunk: Trunk, families: readonly (4 | 6)[], addresses: CarrierAddresses): Promise<TrunkSettings["hops"]> {
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
    const { hops } = await locate(hosts, locator);
    const meant = namedIn(trunk);
    return hops.filter(({ host, address }) => {
      const fault = meant.has(canonicalIp(address)) ? undefined : addresses.fault(address);
      if (fault !== undefined) this.#refuse(trunk.name, `${host}: DNS says ${address} (${fault})`);
      return fault === undefined;
    });
  }

  /** Threat L14: a zone that sends us to ourselves or to the PBX is not followed, however often it says so. */
  #refuse(trunk: string, detail: string): void {
    const key = `${trunk} ${detail}`;
    if (this.#told.has(key)) return;
    if (this.#told.size >= MAX_TOLD) this.#told.clear();
    this.#told.add(key);
    this.#onRefused(trunk, detail);
  }
}

/** Addresses that the file names as this carrier's: as a host, or alone in `from`. */
function namedIn({ hosts, from }: Trunk): ReadonlySet<string | undefined> {
  const alone = from
    .filter(({ family, prefix }) => prefix === (family === 4 ? 32 : 128))
    .map(({ text }) => text.split("/")[0] ?? "");
  return new Set([...hosts.map(({ host }) => host), ...alone].flatMap((text) => canonicalIp(text) ?? []));
}

function isNamed(trunk: Trunk): boolean {
  return trunk.hosts.some(({ host }) => isIP(host) === 0);
}

export function familiesOf(endpoints: CoreSettings["endpoints"]): readonly (4 | 6)[] {
  const access = endpoints.filter((e) => isOutside(e.role));
  const has = (family: number): boolean => access.some((e) => isIP(e.local.address) === family);
  return ([4, 6] as const).filter(has);
}

export function unresolvable({ name, hosts }: Trunk): RingfenceError {
  const places = [...new Set(hosts.map(({ host }) => host))].join(", ");
  const remedy = "Check the spelling, and that this machine's DNS answers.";
  return new RingfenceError("trunk-unresolvable", `trunks.${name}.hosts: DNS knows no address of ${places}`, remedy);
}

function same(one: readonly object[], other: readonly object[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
