/**
 * Keeps the kernel's ban sets as the edge has its bans, and finds out when they are not: what was put there is read back once a
 * minute, and at the start and every hour a packet shows that it is really dropped. What fails is said, tried again, and healed.
 */
import type { KeptBan } from "@ringfence/edge";
import { type FirewallAnswer, mostBans, type RulesInForce } from "@ringfence/firewall";
import type { Attendant } from "../attendants.ts";
import type { Log } from "../logs/logger.ts";
import type { Sample } from "../metrics/registry.ts";
import { type KernelStatus, kernelProblems, kernelSamples, kernelTroubles } from "./kernel-status.ts";
import { type AskFirewall, type ProbeTarget, prove, type SendProbe, type Trouble, troubleOf } from "./prove.ts";

const ROUND = 2_000;
const AUDIT_EVERY = 60_000;
const PROVE_EVERY = 3_600_000;
/** After a failure, doubled each time. */
const RETRY = { first: 5_000, longest: 60_000 } as const;
/** Ends of bans that differ by less are the same: the kernel counts in seconds. */
const SLACK = 5_000;
/** A proof is as good for so long: a listener that is too busy to answer says nothing about the kernel. */
const PROOF_LASTS = 2 * PROVE_EVERY;

export interface KernelWorld {
  /** Undefined: it is not to be used, for this reason. */
  readonly unwanted: () => Pick<KernelStatus, "state" | "why"> | undefined;
  /** Somebody is there to ask. */
  readonly hasHelper: () => boolean;
  readonly mustHaveHelper: () => boolean;
  /** What the ruleset in force must be made from. */
  readonly madeFrom: () => string;
  readonly wanted: () => readonly KeptBan[];
  readonly targets: () => readonly ProbeTarget[];
  readonly ask: AskFirewall;
  readonly send: SendProbe;
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Log, "line">;
}

export class KernelGuard implements Attendant {
  readonly #world: KernelWorld;
  /** Source → end, as the kernel has them. */
  #held = new Map<string, number>();
  #rules: RulesInForce | undefined;
  #state: Pick<KernelStatus, "state" | "why"> = { state: "starting", why: "not looked at yet" };
  #trouble: Trouble | undefined;
  #provenAt: number | undefined;
  #used = false;
  #emptied = false;
  #auditAt = 0;
  #proveAt = 0;
  #retry: number = RETRY.first;
  #turn: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor(world: KernelWorld) {
    this.#world = world;
  }

  start(): void {
    const again = (): void => {
      this.#timer = setTimeout(() => void this.round().then(again), ROUND);
      this.#timer.unref();
    };
    void this.round().then(again);
  }

  samples(): readonly Sample[] {
    return kernelSamples(this.status);
  }

  problems(): readonly string[] {
    return kernelProblems(this.status);
  }

  stop(): Promise<void> {
    clearTimeout(this.#timer);
    return this.#turn.finally(() => clearTimeout(this.#timer));
  }

  get status(): KernelStatus {
    return {
      ...this.#state,
      trouble: this.#trouble?.reason ?? null,
      bans: this.#held.size,
      provenAt: this.#provenAt === undefined ? null : new Date(this.#provenAt).toISOString(),
      dropped: this.#rules?.dropped ?? null,
    };
  }

  /** What is due, one after the other; never rejects. */
  round(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#doDue());
    return this.#turn;
  }

  /** Now, whenever it would be due. */
  async prove(): Promise<KernelStatus> {
    this.#turn = this.#turn.then(() => {
      this.#proveAt = 0;
      return this.#doDue();
    });
    await this.#turn;
    return this.status;
  }

  async #doDue(): Promise<void> {
    const { unwanted, hasHelper, mustHaveHelper, now } = this.#world;
    const not = unwanted() ?? (this.#used || mustHaveHelper() || hasHelper() ? undefined : noHelper);
    if (not !== undefined) return this.#letGo(not);
    this.#used = true;
    this.#emptied = false;
    if (now() >= this.#proveAt) return this.#settle(await this.#proof());
    const trouble = now() >= this.#auditAt ? await this.#audit() : await this.#push();
    if (trouble !== undefined) this.#settle(trouble);
  }

  /** Bans that stay in the kernel while nobody enforces any would be the opposite of what is said. */
  async #letGo(state: Pick<KernelStatus, "state" | "why">): Promise<void> {
    this.#enter(state);
    [this.#trouble, this.#proveAt, this.#auditAt, this.#provenAt] = [undefined, 0, 0, undefined];
    if (this.#emptied || !this.#world.hasHelper()) return;
    const listed = await this.#world.ask({ do: "list" });
    if (!listed.ok && listed.reason !== "no-rules") return;
    this.#held = this.#heldBy(listed);
    const trouble = await this.#pushTo([]);
    this.#emptied = trouble === undefined;
  }

  /** @returns what is wrong; undefined: nothing */
  async #proof(): Promise<Trouble | undefined> {
    const trouble = await this.#audit();
    if (trouble !== undefined) return trouble;
    for (const target of this.#world.targets()) {
      const found = await prove(target, this.#world.ask, this.#world.send);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What we put there must be there. What is missing is put back, and said. */
  async #audit(): Promise<Trouble | undefined> {
    const { ask, now, madeFrom } = this.#world;
    this.#auditAt = now() + AUDIT_EVERY;
    let listed = await ask({ do: "list" });
    const gone = !listed.ok && listed.reason === "no-rules" ? troubleOf(listed) : undefined;
    if (gone !== undefined) {
      const loaded = await ask({ do: "load" });
      listed = loaded.ok ? await ask({ do: "list" }) : loaded;
    }
    if (!listed.ok) return troubleOf(listed);
    this.#rules = listed.rules;
    const actual = this.#heldBy(listed);
    const missing = [...this.#held].filter(([source, until]) => until > now() + SLACK && !actual.has(source));
    this.#held = actual;
    const failed = await this.#push();
    if (gone ?? failed) return gone ?? failed;
    if (listed.rules?.madeFrom !== madeFrom()) return { reason: "other-rules" };
    return missing.length === 0 ? undefined : { reason: "bans-missing", detail: `${missing.length} of them` };
  }

  #heldBy(answer: FirewallAnswer | { readonly ok: false }): Map<string, number> {
    const bans = answer.ok ? (answer.bans ?? []) : [];
    return new Map(bans.map(({ source, seconds }) => [source, this.#world.now() + seconds * 1_000]));
  }

  #push(): Promise<Trouble | undefined> {
    return this.#pushTo(this.#world.wanted());
  }

  async #pushTo(wanted: readonly KeptBan[]): Promise<Trouble | undefined> {
    const { ask, now } = this.#world;
    const at = now();
    for (const [source, until] of this.#held) if (until <= at) this.#held.delete(source);
    const want = new Map(wanted.filter(({ until }) => until > at).map(({ label, until }) => [label, until]));
    const sources = [...this.#held.keys()].filter((source) => !want.has(source));
    const bans = [...want].filter(([source, until]) => Math.abs((this.#held.get(source) ?? 0) - until) > SLACK);
    for (let i = 0; i < sources.length; i += mostBans) {
      const batch = sources.slice(i, i + mostBans);
      const answer = await ask({ do: "remove", sources: batch });
      if (!answer.ok) return troubleOf(answer);
      for (const source of batch) this.#held.delete(source);
    }
    for (let i = 0; i < bans.length; i += mostBans) {
      const batch = bans.slice(i, i + mostBans);
      const timed = batch.map(([source, until]) => ({ source, seconds: Math.ceil((until - at) / 1_000) }));
      const answer = await ask({ do: "add", bans: timed });
      if (!answer.ok) return troubleOf(answer);
      for (const [source, until] of batch) this.#held.set(source, until);
    }
    return undefined;
  }

  /** After a proof, or when something failed between two. */
  #settle(trouble: Trouble | undefined): void {
    const now = this.#world.now();
    this.#proveAt = now + (trouble === undefined ? PROVE_EVERY : this.#retry);
    this.#retry = trouble === undefined ? RETRY.first : Math.min(2 * this.#retry, RETRY.longest);
    const busy = trouble?.reason === "no-answer" && this.#trouble === undefined;
    if (busy && this.#provenAt !== undefined && now - this.#provenAt < PROOF_LASTS) return;
    this.#trouble = trouble;
    if (trouble !== undefined) {
      const detail = trouble.detail === undefined ? "" : ` (${trouble.detail})`;
      return this.#enter({ state: "failed", why: kernelTroubles[trouble.reason] + detail });
    }
    const shown = this.#world.targets().length > 0;
    if (shown) this.#provenAt = now;
    this.#enter(shown ? { state: "proven", why: "" } : nothingToShow);
  }

  #enter(next: Pick<KernelStatus, "state" | "why">): void {
    const { state, why } = this.#state;
    this.#state = next;
    if (state === next.state && why === next.why) return;
    const level = next.state === "failed" ? "error" : "info";
    const said = this.#trouble === undefined ? {} : { reason: this.#trouble.reason };
    this.#world.log.line(level, { event: "kernel", state: next.state, ...said, detail: next.why });
  }
}

const noHelper = { state: "off", why: "no helper is there" } as const;
const nothingToShow = { state: "unproven", why: "no listener for datagrams that a probe could go to" } as const;
