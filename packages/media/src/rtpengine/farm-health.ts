/** Who of the farm answers: pings on time, changes said once, and calls deleted late on instances that come back. */
import type { MediaLogEvent } from "../log-event.ts";
import type { FarmSettings } from "../settings.ts";
import type { InstanceStatus } from "../status.ts";
import type { NgAnswer } from "./farm-call.ts";
import { Instances, type StateChange } from "./instances.ts";
import type { InstanceId } from "./ng-client.ts";
import { NgDesk, type OpenNgSocket } from "./ng-desk.ts";
import { deletion, factsOf, type NgCommand, ping, statistics } from "./ng-message.ts";

export interface HealthOptions {
  readonly open: OpenNgSocket;
  readonly clock: () => number;
  readonly random: (octets: number) => Uint8Array;
  readonly log: (event: MediaLogEvent) => void;
  readonly onTimeout: () => void;
  /** It answers again: whatever stood on it may be gone. */
  readonly onUp: (instance: InstanceId) => void;
}

/** Of the looks at an instance that is up, one in so many asks for its figures; the others are pings. */
const figuresEvery = 15;
/** Calls that may still stand on an instance that was silent. What is over ends by the instance's own time-outs. */
const maxAbandoned = 4_096;

export class FarmHealth {
  readonly #options: HealthOptions;
  readonly #instances = new Instances();
  readonly #desk: NgDesk;
  readonly #looking = new Set<InstanceId>();
  readonly #abandoned = new Map<InstanceId, Set<string>>();
  #round = 0;

  constructor(options: HealthOptions) {
    this.#options = options;
    this.#desk = new NgDesk({
      open: options.open,
      clock: options.clock,
      random: options.random,
      onHeard: (instance) => this.#instances.heard(instance, options.clock()),
      onSilence: (instance, since) => {
        options.onTimeout();
        this.#onChange(this.#instances.timedOut(instance, since));
      },
    });
  }

  /** Resolves when every new instance has answered or let its time pass. */
  async configure(farm: FarmSettings | undefined): Promise<void> {
    const names = farm?.interfaces === undefined ? [] : [farm.interfaces.outside, farm.interfaces.inside];
    const added = this.#instances.configure(farm?.instances ?? [], names);
    for (const id of added) this.#desk.add(id, this.find(id)?.place ?? { address: "", port: 0 });
    await Promise.all(this.all.map(({ id }) => this.#look(id, statistics)));
  }

  get all(): Instances["all"] {
    return this.#instances.all;
  }

  /** `calls`: ours, on each. */
  status(calls: ReadonlyMap<InstanceId, number>): readonly InstanceStatus[] {
    return this.all.map(({ id, place: { address, port, weight }, state, sessions }) => {
      const host = address.includes(":") ? `[${address}]` : address;
      return { place: `${host}:${port}`, state, weight, calls: calls.get(id) ?? 0, sessions };
    });
  }

  find(instance: InstanceId): ReturnType<Instances["find"]> {
    return this.#instances.find(instance);
  }

  /** One that is silent is not waited for: when it answers again, its pings say so. */
  ask(instance: InstanceId, command: NgCommand): Promise<NgAnswer> {
    if (this.find(instance)?.state === "silent") return Promise.resolve({ kind: "silent" });
    return this.#desk.ask(instance, command);
  }

  pick(tried: ReadonlySet<InstanceId>): InstanceId | undefined {
    const dice = this.#options.random(4);
    return this.#instances.pick(new DataView(dice.buffer, dice.byteOffset, 4).getUint32(0), tried);
  }

  abandon(instance: InstanceId, callId: string): void {
    if (this.find(instance)?.state === "up") void this.#deleteThere(instance, callId);
    else this.#remember(instance, callId);
  }

  /** About once a second. */
  watch(): void {
    const figures = this.#round++ % figuresEvery === 0;
    for (const { id, state } of this.all) void this.#look(id, state === "up" && !figures ? ping : statistics);
  }

  forgetRetired(isUnused: (instance: InstanceId) => boolean): void {
    for (const { id, retired } of this.all) {
      if (!retired || !isUnused(id)) continue;
      this.#instances.forget(id);
      this.#abandoned.delete(id);
      this.#desk.remove(id);
    }
  }

  /** Waits for what is under way as long as a request may take, so that calls are deleted where they stand. */
  async stop(): Promise<void> {
    await this.#desk.idle();
    this.#desk.stop();
  }

  async #look(id: InstanceId, command: NgCommand): Promise<void> {
    if (this.#looking.has(id)) return;
    this.#looking.add(id);
    const answer = await this.#desk.ask(id, command);
    this.#looking.delete(id);
    const facts = answer.kind === "ok" && command === statistics ? factsOf(answer.body) : undefined;
    if (facts !== undefined) this.#onChange(this.#instances.described(id, facts));
  }

  #onChange(change: StateChange | undefined): void {
    if (change === undefined) return;
    const { id, place, to } = change;
    const { address, port } = place;
    this.#options.log({ level: to === "up" ? "info" : "warn", event: "media.instance", address, port, state: to });
    if (to !== "up") return;
    for (const callId of this.#abandoned.get(id) ?? []) void this.#deleteThere(id, callId);
    this.#abandoned.delete(id);
    this.#options.onUp(id);
  }

  async #deleteThere(instance: InstanceId, callId: string): Promise<void> {
    const answer = await this.#desk.ask(instance, deletion(callId));
    if (answer.kind === "silent") this.#remember(instance, callId);
  }

  #remember(instance: InstanceId, callId: string): void {
    const names = this.#abandoned.get(instance) ?? new Set();
    if (names.size < maxAbandoned) names.add(callId);
    this.#abandoned.set(instance, names);
  }
}
