/** Calls from a carrier to the PBX, each with a place among the voices: set up, talk, hang up. */
import { randomBytes } from "node:crypto";
import { sleep } from "../bench.ts";
import { audioAt, CarrierCalls, type CarrierSite } from "./carrier-calls.ts";
import type { SoakVoices } from "./soak-voices.ts";

/** What a party sends before the relay has heard of it is dropped, and that is no loss: a phone too needs a moment. */
const BEGIN_MS = 500;
/** What is under way arrives before the call ends, also on a machine that has more to do than it can. */
const SETTLE_MS = 5_000;
/** At one time, of calls without a word. */
const WORDLESS = 32;

export class SoakCalls {
  readonly #voices: SoakVoices;
  readonly #calls: CarrierCalls;
  #numbers = 0;

  private constructor(voices: SoakVoices, calls: CarrierCalls) {
    [this.#voices, this.#calls] = [voices, calls];
  }

  static async open(site: CarrierSite, voices: SoakVoices): Promise<SoakCalls> {
    return new SoakCalls(voices, await CarrierCalls.open(site));
  }

  /** One call from its INVITE to the answer to its BYE. */
  async run(place: number, talkMs: number, secure: boolean): Promise<"done" | "failed"> {
    const number = ++this.#numbers;
    const key = secure ? randomBytes(30) : undefined;
    const { phone, pbx } = this.#voices;
    const relay = await this.#calls.exchange(number, audioAt(phone, key), audioAt(pbx));
    if (relay === undefined) return "failed";
    await sleep(BEGIN_MS);
    this.#voices.speak(place, relay.phone, relay.pbx, key);
    await sleep(talkMs - BEGIN_MS);
    this.#voices.silence(place);
    await sleep(SETTLE_MS);
    return (await this.#calls.hangUp(number)) ? "done" : "failed";
  }

  /** So many calls that are hung up as soon as they are answered, as fast as they go. @throws when one fails */
  async wordless(count: number): Promise<void> {
    const last = this.#numbers + count;
    const one = async (): Promise<void> => {
      while (this.#numbers < last) {
        const number = ++this.#numbers;
        const { phone, pbx } = this.#voices;
        const relay = await this.#calls.exchange(number, audioAt(phone), audioAt(pbx));
        if (relay === undefined || !(await this.#calls.hangUp(number))) throw new Error(`call ${number} failed`);
      }
    };
    await Promise.all(Array.from({ length: WORDLESS }, one));
  }

  close(): void {
    this.#calls.close();
  }
}
