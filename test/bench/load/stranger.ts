/** Somebody who sends to ports that are not his: load/voices/stranger.cc, a process of its own. */
import { Generator, type Placed } from "./generator.ts";
import type { Place } from "./phones.ts";

export type Nuisance = "media" | "forged" | "cut" | "replayed" | "other" | "null" | "hello" | "garbage";

export interface Sprayed {
  readonly sent: number;
  /** What the kernel did not take. */
  readonly refused: number;
  /** How often every port got one of each kind. */
  readonly rounds: number;
  /** What came back. */
  readonly received: number;
}

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

export class Stranger {
  readonly #generator: Generator;

  private constructor(generator: Generator) {
    this.#generator = generator;
  }

  /** @param target whose ports, `own` where it sends from and listens */
  static async start(target: string, own: string, placed: Placed): Promise<Stranger> {
    const { generator } = await Generator.start("stranger", [target, own], placed);
    return new Stranger(generator);
  }

  /** Round and round until told otherwise; the range may be one port. */
  spray({ first, last }: PortRange, packetsPerSecond: number, ...kinds: readonly Nuisance[]): void {
    this.#generator.tell(`spray ${first} ${last} ${packetsPerSecond} ${kinds.join(" ")}`);
  }

  /** It has listened to that call: knows its SSRC, and has its first packets. */
  eavesdrop(place: number, key: Buffer): void {
    this.#generator.tell(`recording ${place} ${key.toString("hex")}`);
  }

  /** Sends with somebody else's source from now on. */
  pose({ address, port }: Place): void {
    this.#generator.tell(`as ${address} ${port}`);
  }

  greetWith(clientHello: Uint8Array): void {
    this.#generator.tell(`hello ${Buffer.from(clientHello).toString("hex")}`);
  }

  rest(): void {
    this.#generator.tell("rest");
  }

  count(): Promise<Sprayed> {
    return this.#generator.ask("?");
  }

  close(): void {
    this.#generator.close();
  }
}
