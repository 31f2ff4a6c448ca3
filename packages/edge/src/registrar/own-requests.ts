/** REGISTERs that nobody asked for: renewals before the PBX forgets, removals of phones that are gone. */
import type { Deadline, Millis, OutRequest, Random } from "@ringfence/sip";
import { MAX_BINDINGS } from "./binding.ts";
import type { Registering } from "./pbx-register.ts";

export interface OwnRegister {
  readonly of: Registering;
  readonly token: string;
  readonly sent: OutRequest;
}

export interface RenewalTimer {
  readonly owner: "renewal";
  readonly token: string;
  /** It has its place in the row; otherwise it is due and gets one. */
  readonly placed: boolean;
}

interface Timers {
  arm(at: Millis, event: RenewalTimer): Deadline;
  disarm(deadline: Deadline): void;
}

export class OwnRequests {
  /** Names this process in Call-IDs: its sequence begins anew with it. */
  readonly process: string;
  readonly #sent = new Map<number, OwnRegister>();
  readonly #timers = new Map<string, Deadline>();
  readonly #gone = new Map<string, Registering>();
  #sequence: number;
  #free: Millis = 0;

  constructor(random: Random) {
    const seed = Buffer.from(random(18));
    this.process = seed.toString("hex", 0, 16);
    this.#sequence = seed.readUInt16BE(16);
  }

  nextSequence(): number {
    this.#sequence = (this.#sequence + 1) % 2 ** 31;
    return this.#sequence;
  }

  /** The next free place in the row. */
  place(now: Millis, perSecond: number): Millis {
    this.#free = Math.max(now, this.#free + 1000 / perSecond);
    return this.#free;
  }

  /** True when there is a place right now, which is then taken. */
  takePlace(now: Millis, perSecond: number): boolean {
    if (this.#free + 1000 / perSecond > now) return false;
    this.#free = now;
    return true;
  }

  /** One timer a token; a later call moves it. */
  schedule(timers: Timers, at: Millis, token: string, placed: boolean): void {
    this.unschedule(timers, token);
    this.#timers.set(token, timers.arm(at, { owner: "renewal", token, placed }));
  }

  unschedule(timers: Timers, token: string): void {
    const timer = this.#timers.get(token);
    if (timer !== undefined) timers.disarm(timer);
    this.#timers.delete(token);
  }

  /** A phone that is gone without a word; false when there are too many of them to tell the PBX. */
  lose(token: string, of: Registering): boolean {
    if (this.#gone.size >= MAX_BINDINGS) return false;
    this.#gone.set(token, of);
    return true;
  }

  takeGone(token: string): Registering | undefined {
    const of = this.#gone.get(token);
    this.#gone.delete(token);
    return of;
  }

  add(clientTx: number, request: OwnRegister): void {
    this.#sent.set(clientTx, request);
  }

  get(clientTx: number): OwnRegister | undefined {
    return this.#sent.get(clientTx);
  }

  delete(clientTx: number): void {
    this.#sent.delete(clientTx);
  }
}
