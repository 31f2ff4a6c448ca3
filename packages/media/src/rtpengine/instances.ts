/**
 * The instances of a farm: which of them are well, and which one gets the next call. Pure: time, dice and what was heard
 * come in. A new call goes to one that answers, by weight; a call stays where it is, whatever becomes of the others.
 */
import type { InstanceId } from "./ng-client.ts";
import type { InstanceFacts } from "./ng-message.ts";

export interface InstancePlace {
  /** IP literal without brackets. */
  readonly address: string;
  readonly port: number;
  /** Share of new calls beside the other instances', from 0: none, but for what runs on it. */
  readonly weight: number;
}

/**
 * unknown: not heard yet. up: takes calls. silent: does not answer. unfit: answers, but lacks an interface that the
 * configuration names; it would put media on another one without a word, so it gets no call.
 */
export type InstanceState = "unknown" | "up" | "silent" | "unfit";

interface Instance {
  readonly id: InstanceId;
  readonly place: InstancePlace;
  state: InstanceState;
  heardAt: number;
  /** Calls on it, of anybody, when it was last asked. */
  sessions: number;
  /** Left the configuration: no new calls. */
  retired: boolean;
}

export interface StateChange {
  readonly id: InstanceId;
  readonly place: InstancePlace;
  readonly from: InstanceState;
  readonly to: InstanceState;
}

export class Instances {
  readonly #byId = new Map<InstanceId, Instance>();
  #interfaces: readonly string[] = [];
  #nextId = 1;

  /** The first configuration, or a reload. An instance that stays keeps its id; returns the ids of new ones. */
  configure(places: readonly InstancePlace[], interfaces: readonly string[]): readonly InstanceId[] {
    this.#interfaces = interfaces;
    const added: InstanceId[] = [];
    for (const instance of this.#byId.values()) instance.retired = true;
    for (const place of places) {
      const known = [...this.#byId.values()].find((instance) => samePlace(instance.place, place));
      const id = known?.id ?? this.#nextId++;
      const fresh = { state: "unknown", heardAt: Number.NEGATIVE_INFINITY, sessions: 0 } as const;
      // A changed list of interfaces is looked at with the next ping.
      this.#byId.set(id, { ...fresh, ...known, id, place, retired: false });
      if (known === undefined) added.push(id);
    }
    return added;
  }

  /** A retired one that has no call left. */
  forget(id: InstanceId): void {
    if (this.#byId.get(id)?.retired) this.#byId.delete(id);
  }

  get all(): readonly Readonly<Instance>[] {
    return [...this.#byId.values()];
  }

  find(id: InstanceId): Readonly<Instance> | undefined {
    return this.#byId.get(id);
  }

  /** `dice`: 32 random bits. Undefined when no instance that answers is left besides those tried. */
  pick(dice: number, tried: ReadonlySet<InstanceId>): InstanceId | undefined {
    const fit = this.all.filter(({ id, state, retired }) => state === "up" && !retired && !tried.has(id));
    const total = fit.reduce((sum, { place }) => sum + place.weight, 0);
    // Those of weight 0 are the last resort: they take calls when nobody else does.
    if (total === 0) return fit[dice % Math.max(1, fit.length)]?.id;
    let at = dice % total;
    for (const { id, place } of fit) {
      if (at < place.weight) return id;
      at -= place.weight;
    }
    return undefined;
  }

  /** Any answer to any request. It says that it lives, not yet that it may have calls. */
  heard(id: InstanceId, now: number): void {
    const instance = this.#byId.get(id);
    if (instance !== undefined) instance.heardAt = now;
  }

  /** What the instance says of itself: only after this it gets calls. */
  described(id: InstanceId, facts: InstanceFacts): StateChange | undefined {
    const instance = this.#byId.get(id);
    if (instance === undefined) return undefined;
    instance.sessions = facts.sessions;
    const fit = this.#interfaces.every((name) => facts.interfaces.includes(name));
    return this.#become(instance, fit ? "up" : "unfit");
  }

  /** A request that was first sent at `since` stayed without an answer. One that was heard since then merely lost it. */
  timedOut(id: InstanceId, since: number): StateChange | undefined {
    const instance = this.#byId.get(id);
    if (instance === undefined || instance.heardAt > since) return undefined;
    return this.#become(instance, "silent");
  }

  #become(instance: Instance, to: InstanceState): StateChange | undefined {
    const from = instance.state;
    if (from === to) return undefined;
    instance.state = to;
    return { id: instance.id, place: instance.place, from, to };
  }
}

function samePlace(a: InstancePlace, b: InstancePlace): boolean {
  return a.address === b.address && a.port === b.port;
}
