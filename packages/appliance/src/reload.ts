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
import type { ConfigHistory, Generation, GenerationReason } from "./generations/history.ts";
import type { Loaded } from "./loading.ts";

export interface ReloadReport {
  readonly outcome: "applied" | "unchanged" | "refused";
  readonly why: GenerationReason;
  /** Of the configuration in force now. */
  readonly generation: number;
  /** applied: what is different now. refused: the problems, a line each. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  readonly exitCode: ExitCode;
  /** ISO 8601. */
  readonly at: string;
  /** ISO 8601: without a confirmation until then, the generation before serves again. */
  readonly confirmUntil: string | null;
}

export interface ReloadRequest {
  readonly why: "reload" | "signal";
  readonly by: string;
  readonly confirmMs?: number | undefined;
}

export interface ReloadPorts {
  /** The file as it is now; or this text in its place. */
  readonly load: (text?: string) => Promise<Loaded>;
  /** Takes the new configuration over, or throws and has changed nothing. */
  readonly apply: (next: Loaded, inForce: Loaded) => Promise<void>;
  readonly onReport: (report: ReloadReport) => void;
  readonly history: ConfigHistory;
  readonly now: () => Date;
  /** Does the work once the time has passed; what it returns calls it off. */
  readonly later: (ms: number, work: () => void) => () => void;
}

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
    const known = latest !== undefined && ports.history.textOf(latest.number) === first.file.text;
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

  /** Never rejects: a refusal is a report. One that asks for no confirmation confirms an earlier one that did. */
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

  /** @throws RingfenceError `nothing-to-confirm` */
  confirm(): number {
    if (this.#pending === undefined) {
      throw new RingfenceError("nothing-to-confirm", "no reload waits for a confirmation", "See ./ringfence history.");
    }
    this.#settle();
    this.#ports.history.confirm(this.#generation);
    return this.#generation;
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

  async #tryChange({ why, by, load, confirmMs }: Change): Promise<ReloadReport> {
    const before = this.#inForce;
    const next = await load();
    if (next.digest === before.digest) return this.#report("unchanged", why, [], next.warnings, exitCodes.ok);
    if (next.file.config.state.dir !== before.file.config.state.dir) {
      throw new RingfenceError("reload-needs-restart", "state.dir cannot change while running", "Restart, or keep it.");
    }
    refuseExpired(next.certificates, before.certificates);
    await this.#ports.apply(next, before);
    this.#inForce = next;
    const back = this.#pending?.before ?? before;
    this.#settle();
    this.#generation = this.#record(why, by, next, confirmMs === undefined).number;
    if (confirmMs !== undefined) this.#await(back, confirmMs);
    return this.#report("applied", why, changesBetween(before, next), next.warnings, exitCodes.ok);
  }

  #await(before: Loaded, ms: number): void {
    const callOff = this.#ports.later(ms, () => {
      this.#pending = undefined;
      void this.#change({ why: "not-confirmed", by: "", load: async () => before });
    });
    this.#pending = { before, until: new Date(this.#ports.now().getTime() + ms), callOff };
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

  #record(why: GenerationReason, by: string, { file }: Loaded, confirmed: boolean): Pick<Generation, "number"> {
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
    return { outcome, why, generation: this.#generation, lines, warnings, exitCode, at, confirmUntil };
  }
}

/** The new file was refused, whatever of it was wrong; only our own faults are told apart. */
function refusalCode(error: unknown): ExitCode {
  return exitCodeOf(error) === exitCodes.bug ? exitCodes.bug : exitCodes.badConfig;
}
