/**
 * A reload is a transaction: load everything new, offer it to what serves, and only when that took it over does it become
 * the configuration in force. Whatever fails on the way, the old one goes on serving and the report says why.
 *
 * A reload that waits for its confirmation goes back by itself: whoever shut themselves out with it need not come in again.
 */
import { RingfenceError } from "@ringfence/policy";
import { refuseExpired } from "./certificates.ts";
import { changesBetween } from "./changes.ts";
import { describeFailure, describeWarnings, type ExitCode, exitCodeOf, exitCodes } from "./failures.ts";
import type { Generation, GenerationReason } from "./generations/history.ts";
import type { Loaded } from "./loading.ts";
import type { ReloadPorts, ReloadReport, ReloadRequest } from "./reload-ports.ts";

/** Until the way back is free again: a port that somebody took meanwhile is given up some time. */
const AGAIN = 10_000;

/** What serves again when the confirmation does not come. */
interface Pending {
  readonly before: Loaded;
  readonly until: Date;
  readonly callOff: () => void;
}

/** Where a new configuration comes from, and what it is called in the history. */
interface Change {
  readonly why: GenerationReason;
  readonly by: string;
  readonly load: () => Promise<Loaded>;
  readonly confirmMs?: number | undefined;
}

export class Reloader {
  readonly #ports: ReloadPorts;
  #inForce: Loaded;
  #generation: number;
  #last: ReloadReport | undefined;
  #pending: Pending | undefined;
  /** What is asked for at the same time is done one after the other: each sees what the one before left. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(first: Loaded, ports: ReloadPorts) {
    this.#inForce = first;
    this.#ports = ports;
    const { latest } = ports.history;
    const known = latest?.confirmed === true && ports.history.textOf(latest.number) === first.file.text;
    this.#generation = (known ? latest : this.#record("start", "", first, true)).number;
  }

  get inForce(): Loaded {
    return this.#inForce;
  }

  get generation(): number {
    return this.#generation;
  }

  /** Undefined until the first one. */
  get last(): ReloadReport | undefined {
    return this.#last;
  }

  get confirmUntil(): string | undefined {
    return this.#pending?.until.toISOString();
  }

  /**
   * Never rejects: a refusal is a report. One that asks for no confirmation confirms an earlier one that did; but a signal, which
   * a renewed certificate sends too, leaves the wait as it is.
   */
  reload({ why, by, confirmMs }: ReloadRequest): Promise<ReloadReport> {
    return this.#change({ why, by, confirmMs, load: () => this.#ports.load() });
  }

  /** To a generation of the history; by default to the one before. Never rejects. */
  rollback(by: string, to?: number): Promise<ReloadReport> {
    return this.#change({ why: "rollback", by, load: () => this.#earlier(to) });
  }

  /**
   * What a reload would change, in the order of the file; empty: nothing. The same steps as a reload, without the last one.
   * @throws ConfigError, RingfenceError: it would be refused
   */
  async preview(
    load: () => Promise<Loaded> = () => this.#ports.load(),
  ): Promise<Loaded & { changes: readonly string[] }> {
    const next = await load();
    refuseExpired(next.certificates, this.#inForce.certificates);
    const same = next.digest === this.#inForce.digest;
    return { ...next, changes: same ? [] : changesBetween(this.#inForce, next) };
  }

  /** Behind a reload that is on its way. @throws RingfenceError `nothing-to-confirm` */
  confirm(): Promise<number> {
    const generation = this.#queue.then(() => {
      if (this.#pending !== undefined) return this.#confirmed();
      throw new RingfenceError("nothing-to-confirm", "no reload waits for a confirmation", "See ./ringfence history.");
    });
    this.#queue = generation.catch(() => undefined);
    return generation;
  }

  stop(): void {
    this.#settle();
  }

  #change(change: Change): Promise<ReloadReport> {
    const report = this.#queue.then(() => this.#changeNow(change));
    this.#queue = report;
    return report;
  }

  async #changeNow(change: Change): Promise<ReloadReport> {
    let report: ReloadReport;
    try {
      report = await this.#tryChange(change);
    } catch (error) {
      report = this.#report("refused", change.why, describeFailure(error), describeWarnings(error), refusalCode(error));
    }
    this.#last = report;
    this.#ports.onReport(report);
    return report;
  }

  async #tryChange(change: Change): Promise<ReloadReport> {
    const { why, load, confirmMs } = change;
    const before = this.#inForce;
    const next = await load();
    const wait = this.#waitOf(change, next);
    if (next.digest === before.digest) return this.#unchanged(change, next, wait);
    if (next.file.config.state.dir !== before.file.config.state.dir) {
      throw new RingfenceError("reload-needs-restart", "state.dir cannot change while running", "Restart, or keep it.");
    }
    refuseExpired(next.certificates, before.certificates);
    const standing = await this.#apply(change, next, before, wait === "none");
    this.#inForce = next;
    if (wait === "anew") this.#await(this.#pending?.before ?? before, confirmMs ?? 0);
    else if (wait === "none") this.#settle();
    return { ...this.#report("applied", why, changesBetween(before, next), next.warnings, exitCodes.ok), standing };
  }

  /** `goes-on`: what waits for its confirmation waits on, and so does this. */
  #waitOf({ why, confirmMs }: Change, next: Loaded): "none" | "anew" | "goes-on" {
    if (confirmMs !== undefined) return "anew";
    const waiting = this.#pending;
    return why === "signal" && waiting !== undefined && next.digest !== waiting.before.digest ? "goes-on" : "none";
  }

  #unchanged({ why, confirmMs }: Change, next: Loaded, wait: "none" | "anew" | "goes-on"): ReloadReport {
    const waiting = this.#pending;
    if (waiting !== undefined && wait === "none") this.#confirmed();
    if (waiting !== undefined && wait === "anew") this.#await(waiting.before, confirmMs ?? 0);
    const lines = waiting !== undefined && wait === "none" ? ["confirmed"] : [];
    return this.#report("unchanged", why, lines, next.warnings, exitCodes.ok);
  }

  /** In the history first: a process that dies of a configuration must not begin with it again. */
  async #apply({ why, by }: Change, next: Loaded, before: Loaded, confirmed: boolean): Promise<readonly string[]> {
    const { number } = this.#record(why, by, next, confirmed);
    try {
      const standing = await this.#ports.apply(next, before);
      this.#generation = number;
      return standing;
    } catch (error) {
      this.#ports.history.withdraw(number);
      throw error;
    }
  }

  #await(before: Loaded, ms: number): void {
    this.#settle();
    const until = new Date(this.#ports.now().getTime() + ms);
    const callOff = this.#ports.later(ms, () => this.#goBack());
    this.#pending = { before, until, callOff };
  }

  /** In line: what was asked for before the time was up may have settled it. */
  #goBack(): void {
    const pending = this.#pending;
    this.#queue = this.#queue.then(async () => {
      if (pending === undefined || this.#pending !== pending) return;
      const change = { why: "not-confirmed", by: "", load: async () => pending.before } as const;
      const { outcome } = await this.#changeNow(change);
      if (outcome === "refused") this.#await(pending.before, AGAIN);
    });
  }

  #confirmed(): number {
    this.#settle();
    this.#ports.history.confirm(this.#generation);
    return this.#generation;
  }

  #settle(): void {
    this.#pending?.callOff();
    this.#pending = undefined;
  }

  async #earlier(to: number | undefined): Promise<Loaded> {
    if (to === undefined && this.#pending !== undefined) return this.#pending.before;
    const { history } = this.#ports;
    const number = to ?? history.before(this.#inForce.file.text)?.number;
    const text = number === undefined ? undefined : history.textOf(number);
    if (text !== undefined) return this.#ports.load(text);
    const message = number === undefined ? "there is no earlier configuration" : `generation ${number} is not kept`;
    throw new RingfenceError("no-such-generation", message, "./ringfence history lists what there is.");
  }

  #record(why: GenerationReason, by: string, { file }: Loaded, confirmed: boolean): Generation {
    const at = this.#ports.now().toISOString();
    return this.#ports.history.record({ at, by, why, confirmed }, file.text);
  }

  #report(
    outcome: ReloadReport["outcome"],
    why: GenerationReason,
    lines: readonly string[],
    warnings: readonly string[],
    exitCode: ExitCode,
  ): ReloadReport {
    const at = this.#ports.now().toISOString();
    const confirmUntil = this.confirmUntil ?? null;
    const standing: readonly string[] = [];
    return { outcome, why, generation: this.#generation, lines, standing, warnings, exitCode, at, confirmUntil };
  }
}

/** The new file was refused, whatever of it was wrong; only our own faults are told apart. */
function refusalCode(error: unknown): ExitCode {
  return exitCodeOf(error) === exitCodes.bug ? exitCodes.bug : exitCodes.badConfig;
}
