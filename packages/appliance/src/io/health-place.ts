/** Where health and metrics are served: the place may change with a reload, and until it has, both places answer. */
import { type HealthServer, type HealthSources, startHealth } from "./health.ts";

type Place = Parameters<typeof startHealth>[0];

/** One of the two is called, once. */
export interface HealthMove {
  /** The new place is the place. */
  settle(): Promise<void>;
  /** The new place is left, the old one stays. */
  giveUp(): Promise<void>;
}

const nothing = async (): Promise<void> => undefined;

export class HealthPlace {
  readonly #sources: HealthSources;
  #wanted: Place;
  #server: HealthServer;

  private constructor(wanted: Place, server: HealthServer, sources: HealthSources) {
    this.#wanted = wanted;
    this.#server = server;
    this.#sources = sources;
  }

  /** @throws RingfenceError `metrics-port` */
  static async open(wanted: Place, sources: HealthSources): Promise<HealthPlace> {
    return new HealthPlace(wanted, await startHealth(wanted, sources), sources);
  }

  /** With the port that was given where any was asked for. */
  get bound(): Place {
    const { address, port } = this.#server;
    return { address, port };
  }

  /** @throws RingfenceError `metrics-port`; the old place serves on then */
  async move(wanted: Place): Promise<HealthMove> {
    const { address, port } = this.#wanted;
    if (wanted.address === address && wanted.port === port) return { settle: nothing, giveUp: nothing };
    const next = await startHealth(wanted, this.#sources);
    return {
      settle: async () => {
        const before = this.#server;
        [this.#server, this.#wanted] = [next, wanted];
        await before.close();
      },
      giveUp: () => next.close(),
    };
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}
