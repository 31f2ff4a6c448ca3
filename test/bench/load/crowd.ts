/** Phones that ask as much as is answered, or more: load/crowd/crowd.cc, a process of its own, over UDP, TCP or TLS. */
import { Generator, type Placed } from "./generator.ts";
import type { Place } from "./phones.ts";

export const transports = ["udp", "tcp", "tls"] as const;
export type Transport = (typeof transports)[number];

/** `held`: what the connections did not take, so that it was not said. */
export interface Flooded {
  readonly asked: number;
  readonly held: number;
  readonly done: number;
}

interface CrowdPlace {
  readonly transport: Transport;
  readonly to: Place;
  readonly name: string;
  readonly count: number;
  /** The first three numbers of its addresses. */
  readonly network: string;
  readonly placed: Placed;
}

export class Crowd {
  readonly #generator: Generator;

  private constructor(generator: Generator) {
    this.#generator = generator;
  }

  static async open({ transport, to, name, count, network, placed }: CrowdPlace): Promise<Crowd> {
    const args = [transport, to.address, String(to.port), name, String(count), network];
    return new Crowd((await Generator.start("crowd", args, placed)).generator);
  }

  /** @returns how many are registered */
  async register(): Promise<number> {
    return (await this.#generator.ask<{ readonly done: number }>("register")).done;
  }

  /** Each with as many requests under way as one that waits for answers has. @returns how many were answered with yes */
  async carry(method: string, ms: number): Promise<number> {
    return (await this.#generator.ask<{ readonly done: number }>(`carry ${method} ${ms}`)).done;
  }

  /** So many a second whatever comes back, nothing twice. */
  flood(method: string, perSecond: number, ms: number): Promise<Flooded> {
    return this.#generator.ask(`flood ${method} ${perSecond} ${ms}`);
  }

  /** ms from the end of the flood to the last answer to it. */
  async last(): Promise<number> {
    return (await this.#generator.ask<{ readonly lastMs: number }>("last")).lastMs;
  }

  close(): void {
    this.#generator.close();
  }
}
