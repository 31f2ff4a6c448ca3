/**
 * What instances have of one call: on which of them it is, under which name, and the commands that change it. A call is
 * opened on the first instance that takes it and stays there; commands run one after the other.
 */
import type { Side } from "@ringfence/policy";
import type { LegName } from "../media-port.ts";
import type { MediaRefusal } from "../refusal.ts";
import {
  type BadInstanceSdp,
  describe,
  type Expected,
  type InstanceSdp,
  readDescription,
  type Told,
} from "./farm-sdp.ts";
import type { InstanceId } from "./ng-client.ts";
import {
  answer,
  deletion,
  isUnknownCall,
  type NgCommand,
  type NgReply,
  offer,
  query,
  sdpOf,
  type Traffic,
  trafficOf,
  type Wanted,
} from "./ng-message.ts";

/** silent: no answer in time. */
export type NgAnswer = NgReply | { readonly kind: "silent" };

/** What an instance did that it should not: for the log. Its own words come in `detail`. */
export type InstanceProblem = BadInstanceSdp | "error" | "silent" | "unknown-call" | "moved" | "other-family";

export interface FarmContext {
  /** Names of the instances' interfaces for the offerer and the answerer; undefined: the configuration has none. */
  readonly interfaces: (offerer: Side, answerer: Side) => readonly [string, string] | undefined;
  readonly random: (octets: number) => Uint8Array;
  readonly ask: (instance: InstanceId, command: NgCommand) => Promise<NgAnswer>;
  /** Another instance for a new call; undefined: there is none that answers. */
  readonly pick: (tried: ReadonlySet<InstanceId>) => InstanceId | undefined;
  /** The call may still stand on an instance that did not answer: it is deleted there when it does. */
  readonly abandon: (instance: InstanceId, callId: string) => void;
  readonly onProblem: (instance: InstanceId, problem: InstanceProblem, detail: string) => void;
}

export interface Saying {
  readonly offerer: LegName;
  readonly answerer: LegName;
  readonly told: Told;
  /** What must come back, a line each. */
  readonly expected: readonly (Expected | undefined)[];
}

type Outcome = InstanceSdp | MediaRefusal;

const nameOctets = 16;

export class FarmCall {
  readonly #context: FarmContext;
  #at: { readonly instance: InstanceId; readonly callId: string } | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #dropped = false;

  constructor(context: FarmContext) {
    this.#context = context;
  }

  get instance(): InstanceId | undefined {
    return this.#at?.instance;
  }

  /** Runs when everything that was asked before has ended. */
  turn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(task);
    this.#queue = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  /** The first time on one instance after the other, until one takes it; then where the call is. */
  async offer(saying: Saying, wanted: Wanted): Promise<Outcome> {
    if (this.#dropped) return "closed";
    if (this.#at !== undefined) return this.#offerAt(this.#at, saying, wanted);
    const tried = new Set<InstanceId>();
    let refusal: MediaRefusal = "engine-silent";
    for (let next = this.#context.pick(tried); next !== undefined; next = this.#context.pick(tried)) {
      tried.add(next);
      // A name of its own for each attempt: whatever an instance that was given up does later, it does to no call of ours.
      const at = { instance: next, callId: Buffer.from(this.#context.random(nameOctets)).toString("hex") };
      const outcome = await this.#offerAt(at, saying, wanted);
      if (typeof outcome !== "string") {
        this.#at = at;
        return outcome;
      }
      this.#context.abandon(at.instance, at.callId);
      if (outcome === "engine-failed") refusal = outcome;
      if (this.#dropped) return "closed";
    }
    return refusal;
  }

  async answer(saying: Saying): Promise<Outcome> {
    if (this.#at === undefined || this.#dropped) return "closed";
    return this.#exchange(this.#at, saying, answer(this.#described(this.#at.callId, saying)));
  }

  /** `sound`: place of its m= line. undefined: it could not be asked. lost: the instance knows no such call. */
  async traffic(sound: number | undefined): Promise<Traffic | "lost" | undefined> {
    if (this.#at === undefined) return undefined;
    const reply = await this.#context.ask(this.#at.instance, query(this.#at.callId));
    if (reply.kind === "ok") return trafficOf(reply.body, sound);
    return reply.kind === "error" && isUnknownCall(reply) ? "lost" : undefined;
  }

  /** Ends it, after a last look at what it carried. Idempotent. */
  drop(onTraffic: (traffic: Traffic) => void): void {
    if (this.#dropped) return;
    this.#dropped = true;
    void this.turn(async () => {
      const at = this.#at;
      if (at === undefined) return;
      const traffic = await this.traffic(undefined);
      if (typeof traffic === "object") onTraffic(traffic);
      const reply = await this.#context.ask(at.instance, deletion(at.callId));
      if (reply.kind === "silent") this.#context.abandon(at.instance, at.callId);
    });
  }

  #offerAt(at: { readonly instance: InstanceId; readonly callId: string }, saying: Saying, wanted: Wanted) {
    return this.#exchange(at, saying, offer(this.#described(at.callId, saying), wanted), wanted.family);
  }

  async #exchange(
    at: { readonly instance: InstanceId },
    saying: Saying,
    command: NgCommand,
    family?: Wanted["family"],
  ): Promise<Outcome> {
    const reply = await this.#context.ask(at.instance, command);
    if (reply.kind === "silent") return this.#refuse(at.instance, "silent", "");
    if (reply.kind === "error") {
      return this.#refuse(at.instance, isUnknownCall(reply) ? "unknown-call" : "error", reply.reason);
    }
    const read = readDescription(sdpOf(reply.body), saying.expected);
    if (typeof read === "string") return this.#refuse(at.instance, read, "");
    // Asked for a family that it has no address of, an instance takes the other one without a word.
    if (family !== undefined && read.address !== undefined && familyOf(read.address) !== family) {
      return this.#refuse(at.instance, "other-family", family);
    }
    return read;
  }

  #described(callId: string, { offerer, answerer, told }: Saying) {
    return { callId, offerer, answerer, sdp: describe(told), learning: told.learning };
  }

  #refuse(instance: InstanceId, problem: InstanceProblem, detail: string): MediaRefusal {
    this.#context.onProblem(instance, problem, detail);
    return problem === "silent" ? "engine-silent" : "engine-failed";
  }
}

export function familyOf(address: string): Wanted["family"] {
  return address.includes(":") ? "IP6" : "IP4";
}
