/**
 * Calls of four kinds in turn: RTP and SRTP outside, of a phone that says where it is and of one behind a NAT, whose SDP names an address that
 * is not seen here, so that its own is learnt.
 */
import { randomBytes } from "node:crypto";
import { sleep } from "../bench.ts";
import { audioAt, type CallControl, type RelayPlaces } from "../load/carrier-calls.ts";
import type { Place } from "../load/phones.ts";
import type { SoakVoices } from "../load/soak-voices.ts";
import { hosts } from "./network.ts";

/** What a phone says before the relay knows its call is dropped, and no loss. */
const BEGIN_MS = 100;
/** What is on its way arrives. */
const SETTLE_MS = 300;
/** Calls whose signalling is under way at one time. */
const AT_ONCE = 8;
const behindNat = "192.168.77.8";

/** Threat L14: where a phone may not have its media sent: this machine, this wire, everybody, nobody, we, the PBX and its network, a third party. */
const elsewhere: readonly string[] = [
  "127.0.0.1",
  "169.254.169.254",
  "224.0.0.1",
  "255.255.255.255",
  "0.0.0.0",
  hosts.relayOutside,
  hosts.relayInside,
  hosts.pbx,
  "10.30.0.99",
  hosts.faraway,
];
/** No party's, and no stranger's. */
export const elsewherePort = 4_000;

interface Call {
  readonly number: number;
  readonly key: Buffer | undefined;
  readonly nat: boolean;
  version: number;
  relay: RelayPlaces | undefined;
}

export class SiegeCalls {
  readonly #control: CallControl;
  readonly #voices: SoakVoices;
  readonly #calls: readonly Call[];

  constructor(control: CallControl, voices: SoakVoices, count: number) {
    this.#control = control;
    this.#voices = voices;
    this.#calls = Array.from({ length: count }, (_, number) => ({
      number,
      key: number % 2 === 1 ? randomBytes(30) : undefined,
      nat: number % 4 >= 2,
      version: 0,
      relay: undefined,
    }));
  }

  get count(): number {
    return this.#calls.length;
  }

  /** Where the relay listens for that phone, and the phone's key. @throws Error when the call does not stand */
  ofPhone(number: number): { readonly port: number; readonly key: Buffer | undefined } {
    const call = this.#calls[number];
    if (call?.relay === undefined) throw new Error(`call ${number} does not stand`);
    return { port: call.relay.phone.port, key: call.key };
  }

  /** @throws Error when one of them fails, as all of these do */
  setUp(): Promise<void> {
    return this.#each(async (call) => {
      const { phone, pbx } = await this.#exchange(call, "sendrecv");
      await sleep(BEGIN_MS);
      this.#voices.speak(call.number, phone, pbx, call.key);
    });
  }

  /** A re-INVITE that changes nothing, while both speak. */
  refresh(): Promise<void> {
    return this.#each(async (call) => void (await this.#exchange(call, "sendrecv")));
  }

  /** Nobody speaks: there is nobody whose packets would keep a place. */
  async hold(): Promise<void> {
    for (const { number } of this.#calls) this.#voices.silence(number);
    await sleep(SETTLE_MS);
    await this.#each(async (call) => void (await this.#exchange(call, "sendonly")));
  }

  resume(): Promise<void> {
    return this.#each(async (call) => {
      await this.#exchange(call, "sendrecv");
      this.#voices.speakOn(call.number);
    });
  }

  /** Each phone names an address where it is not, at `elsewherePort`. @returns how many of these were refused */
  async misdirect(direction: "sendrecv" | "sendonly"): Promise<number> {
    let refused = 0;
    await this.#each(async (call) => {
      const address = elsewhere[call.number % elsewhere.length] ?? "";
      const relay = await this.#offer(call, { address, port: elsewherePort }, direction);
      refused += relay === undefined ? 1 : 0;
    });
    return refused;
  }

  /** Every phone is at another port without having said so. */
  move(): void {
    for (const { number } of this.#calls) this.#voices.move(number);
  }

  /** A re-INVITE of each phone that moved; its SDP is what it was. */
  comeBack(): Promise<void> {
    return this.#each(async (call) => {
      this.#voices.mark(call.number);
      await this.#exchange(call, "sendrecv");
    });
  }

  async hangUp(): Promise<void> {
    for (const { number } of this.#calls) this.#voices.silence(number);
    await sleep(SETTLE_MS);
    await this.#each(async (call) => {
      if (!(await this.#control.hangUp(call.number))) throw new Error(`call ${call.number} does not end`);
    });
  }

  #offer(call: Call, place: Place, direction: "sendrecv" | "sendonly"): Promise<RelayPlaces | undefined> {
    call.version++;
    const answered = direction === "sendonly" ? "recvonly" : direction;
    const offer = audioAt(place, call.key, [`a=${direction}`], call.version);
    const answer = audioAt(this.#voices.pbx, undefined, [`a=${answered}`], call.version);
    return this.#control.exchange(call.number, offer, answer);
  }

  async #exchange(call: Call, direction: "sendrecv" | "sendonly"): Promise<RelayPlaces> {
    const { phone } = this.#voices;
    const relay = await this.#offer(call, call.nat ? { ...phone, address: behindNat } : phone, direction);
    if (relay === undefined) throw new Error(`call ${call.number} is refused`);
    call.relay = relay;
    return relay;
  }

  async #each(work: (call: Call) => Promise<void>): Promise<void> {
    const waiting = [...this.#calls];
    const worker = async (): Promise<void> => {
      for (let call = waiting.shift(); call !== undefined; call = waiting.shift()) await work(call);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
}
