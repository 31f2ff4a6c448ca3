/** The voices of calls that come and go: load/voices/soak.cc, a process of its own. */
import { Generator, here, type Placed } from "./generator.ts";
import type { Place } from "./phones.ts";

export interface SoakHeard {
  /** Since the start, in both directions. */
  readonly sent: number;
  readonly received: number;
  /** What the kernel did not take from the generator. */
  readonly refused: number;
  /** What came and the other side did not send. */
  readonly foreign: number;
  /** What came back and found the generator's own buffers full: the relay did not lose it. */
  readonly unheard: number;
  /** Since `countAnew`: gaps in the numbers, numbers that came before, calls in which both sides heard the other. */
  readonly lost: number;
  readonly repeated: number;
  readonly twoWay: number;
  /** RFC 3550 §6.4.1, which forgets what was a second ago: the mean of all streams, and the worst of them. */
  readonly jitterUs: number;
  readonly worstJitterUs: number;
  /** What jitter is a moving mean of, since `countAnew`: by how much a packet was later or earlier than the one before; the mean of all. */
  readonly unevenUs: number;
  /** µs through the relay, since `countAnew`. */
  readonly p50: number;
  readonly p99: number;
  /** Of the calls that were marked: how many are heard both ways since, and how long the slowest took. */
  readonly resumed: number;
  readonly resumedMs: number;
}

/** One call, since `countAnew`. */
export type OneHeard = Pick<SoakHeard, "lost" | "jitterUs" | "received">;

interface Where {
  readonly phone: string;
  readonly pbx: string;
  readonly placed: Placed;
}

const loopback: Where = { phone: "127.0.0.2", pbx: "127.0.0.3", placed: here };

export class SoakVoices {
  readonly phone: Place;
  readonly pbx: Place;
  readonly #generator: Generator;

  private constructor(generator: Generator, where: Where, ports: string) {
    const [phone = 0, pbx = 0] = ports.split(" ").map(Number);
    this.phone = { address: where.phone, port: phone };
    this.pbx = { address: where.pbx, port: pbx };
    this.#generator = generator;
  }

  /** @param places calls at a time */
  static async open(places: number, where: Where = loopback): Promise<SoakVoices> {
    const args = [String(places), where.phone, where.pbx];
    const { generator, greeting } = await Generator.start("soak", args, where.placed);
    return new SoakVoices(generator, where, greeting);
  }

  get pid(): number {
    return this.#generator.pid;
  }

  /** @param phone where the relay listens for the phone, `pbx` for the PBX */
  speak(place: number, phone: Place, pbx: Place, key: Buffer | undefined): void {
    const words = [phone.address, phone.port, pbx.address, pbx.port, key?.toString("hex") ?? ""];
    this.#generator.tell(`+ ${place} ${words.join(" ")}`);
  }

  silence(place: number): void {
    this.#generator.tell(`- ${place}`);
  }

  speakOn(place: number): void {
    this.#generator.tell(`= ${place}`);
  }

  /** The phone is at another port from now on, as behind a NAT that lost its binding. */
  move(place: number): void {
    this.#generator.tell(`~ ${place}`);
  }

  mark(place: number): void {
    this.#generator.tell(`! ${place}`);
  }

  countAnew(): void {
    this.#generator.tell("0");
  }

  heard(): Promise<SoakHeard> {
    return this.#generator.ask("?");
  }

  heardOf(place: number): Promise<OneHeard> {
    return this.#generator.ask(`? ${place}`);
  }

  close(): void {
    this.#generator.close();
  }
}
