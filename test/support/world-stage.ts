/** A stage without sockets: the scripted world, whose clock moves when somebody waits. */
import type { Message } from "@ringfence/sip";
import type { EdgeWorld, Party } from "./edge-world.ts";
import { type Actor, type Fits, Inbox, type Manners, type Stage } from "./stage.ts";

/** Everything that anybody waits for comes within it. */
const patienceMs = 40_000;
/** Nobody answers later than this. */
const stepMs = 500;

export class WorldStage implements Stage {
  readonly places = { access: "203.0.113.1", trunks: "10.0.0.3" };
  readonly #world: EdgeWorld;
  readonly #manners: Manners;
  readonly #actors = new Map<Party, WorldActor>();

  constructor(world: EdgeWorld, manners: Manners) {
    this.#world = world;
    this.#manners = manners;
    // Whoever is called first is there before anybody calls.
    for (const socket of ["phones", "trunks"] as const) this.pbx(socket);
  }

  phone(n: number): Actor {
    return this.#actor(this.#world.phone(`192.0.2.1${n}`));
  }

  stranger(n: number): Promise<Actor> {
    return Promise.resolve(this.#actor(this.#world.phone(`198.18.5.${n}`, 5_070 + n, "tls")));
  }

  carrier(n: 1 | 2): Actor {
    return this.#actor(this.#world.carrier(`198.51.100.${n}`), this.#manners);
  }

  pbx(socket: "phones" | "trunks"): Actor {
    return this.#actor(this.#world.pbx(socket), this.#manners);
  }

  pass(milliseconds: number): void {
    const end = this.#world.now + milliseconds;
    while (this.#world.now < end) {
      this.#world.advance(Math.min(stepMs, end - this.#world.now));
      this.settle();
    }
  }

  shutOut(): Promise<void> {
    return Promise.resolve();
  }

  /** Until nobody has anything more to say at once. */
  settle(): void {
    while ([...this.#actors.values()].some((actor) => actor.reads()));
  }

  #actor(party: Party, manners: Manners = () => undefined): WorldActor {
    const known = this.#actors.get(party) ?? new WorldActor(this, party, manners);
    this.#actors.set(party, known);
    return known;
  }
}

class WorldActor implements Actor {
  readonly flow: Party["flow"];
  readonly #stage: WorldStage;
  readonly #party: Party;
  readonly #inbox = new Inbox();
  #manners: Manners;

  constructor(stage: WorldStage, party: Party, manners: Manners) {
    this.#stage = stage;
    this.#party = party;
    this.#manners = manners;
    this.flow = party.flow;
  }

  send(lines: readonly string[], body = ""): void {
    this.#party.send(lines, body);
    this.#stage.settle();
  }

  async hears<T extends Message>(fits: Fits<T>): Promise<T> {
    let heard: T | undefined;
    void this.#inbox.hears(fits).then((message) => {
      heard = message;
    });
    for (let waited = 0; waited <= patienceMs; waited += stepMs) {
      await Promise.resolve();
      if (heard !== undefined) return heard;
      this.#stage.pass(stepMs);
    }
    throw new Error(`${this.flow.id} waits in vain`);
  }

  behave(manners: Manners): void {
    this.#manners = manners;
  }

  /** False: nothing has come. */
  reads(): boolean {
    const came = this.#party.inbox.splice(0);
    for (const { message } of came) {
      this.#inbox.take(message);
      const said = message.kind === "request" ? this.#manners(message) : undefined;
      if (said !== undefined) this.#party.send(said);
    }
    return came.length > 0;
  }
}
