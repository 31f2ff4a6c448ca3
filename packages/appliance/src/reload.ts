/**
 * A reload is a transaction: load everything new, offer it to what serves, and only when that took it over does it become
 * the configuration in force. Whatever fails on the way, the old one goes on serving and the report says why.
 */
import { diffConfigs, RingfenceError } from "@ringfence/policy";
import { cleanText } from "./clean-text.ts";
import { describeFailure, describeWarnings, type ExitCode, exitCodeOf, exitCodes } from "./failures.ts";
import type { Loaded } from "./loading.ts";

export interface ReloadReport {
  readonly outcome: "applied" | "unchanged" | "refused";
  readonly generation: number;
  /** applied: what is different now. refused: the problems, a line each. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
  readonly exitCode: ExitCode;
  /** ISO 8601. */
  readonly at: string;
}

export interface ReloadPorts {
  readonly load: () => Promise<Loaded>;
  /** Takes the new configuration over, or throws and has changed nothing. */
  readonly apply: (next: Loaded, inForce: Loaded) => Promise<void>;
  readonly onReport: (report: ReloadReport) => void;
  readonly now: () => Date;
}

export class Reloader {
  readonly #ports: ReloadPorts;
  #inForce: Loaded;
  #generation = 1;
  #last: ReloadReport | undefined;
  /** Reloads asked for at the same time run one after the other: each sees what the one before left. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(first: Loaded, ports: ReloadPorts) {
    this.#inForce = first;
    this.#ports = ports;
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

  /** Never rejects: a refusal is a report. */
  reload(): Promise<ReloadReport> {
    const report = this.#queue.then(() => this.#reloadNow());
    this.#queue = report;
    return report;
  }

  async #reloadNow(): Promise<ReloadReport> {
    let report: ReloadReport;
    try {
      report = await this.#tryReload();
    } catch (error) {
      report = this.#report("refused", describeFailure(error), describeWarnings(error), refusalCode(error));
    }
    this.#last = report;
    this.#ports.onReport(report);
    return report;
  }

  async #tryReload(): Promise<ReloadReport> {
    const before = this.#inForce;
    const next = await this.#ports.load();
    if (next.digest === before.digest) return this.#report("unchanged", [], next.warnings, exitCodes.ok);
    if (next.file.config.state.dir !== before.file.config.state.dir) {
      throw new RingfenceError("reload-needs-restart", "state.dir cannot change while running", "Restart, or keep it.");
    }
    await this.#ports.apply(next, before);
    this.#inForce = next;
    this.#generation++;
    const changes = listed(diffConfigs(before.file.config, next.file.config));
    const certificates = next.certificates.digest === before.certificates.digest ? [] : ["certificates: new files"];
    const accounts = next.accounts === before.accounts ? [] : ["phones.accounts: read again"];
    const rates = next.rates?.text === before.rates?.text ? [] : ["policy.rates: read again"];
    const lines = [...changes, ...certificates, ...accounts, ...rates];
    const said = lines.length === 0 ? ["nothing but the way the file is written"] : lines;
    return this.#report("applied", said, next.warnings, exitCodes.ok);
  }

  #report(
    outcome: ReloadReport["outcome"],
    lines: readonly string[],
    warnings: readonly string[],
    exitCode: ExitCode,
  ): ReloadReport {
    return { outcome, generation: this.#generation, lines, warnings, exitCode, at: this.#ports.now().toISOString() };
  }
}

/** More changes than this are counted, not listed: the report is also one line of the log. */
const mostListed = 50;

function listed(changes: readonly string[]): readonly string[] {
  const lines = changes.slice(0, mostListed).map((change) => cleanText(change, 200));
  return lines.length === changes.length ? lines : [...lines, `and ${changes.length - lines.length} more`];
}

/** The new file was refused, whatever of it was wrong; only our own faults are told apart. */
function refusalCode(error: unknown): ExitCode {
  return exitCodeOf(error) === exitCodes.bug ? exitCodes.bug : exitCodes.badConfig;
}
