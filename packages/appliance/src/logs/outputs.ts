/**
 * Where the log goes beside standard output, as the configuration says it now. An output that fails stops nothing: it is said
 * once in the log, it stands in `status` and in the metrics for as long as it lasts, and it comes back by itself.
 */
import { hostname } from "node:os";
import { join, resolve } from "node:path";
import type { LogFilesConfig, SyslogConfig } from "@ringfence/policy";
import type { Attendant } from "../attendants.ts";
import type { LinePlace, OpenLine } from "../collectors/line.ts";
import type { Loaded } from "../loading.ts";
import type { Metrics, Sample } from "../metrics/registry.ts";
import { version } from "../version.ts";
import { LogFiles } from "./files/log-files.ts";
import { later } from "./later.ts";
import type { Log } from "./logger.ts";
import { SyslogOutput } from "./syslog/output.ts";

export interface LogOutputsOptions {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "count">;
  readonly stateDir: string;
  readonly open: OpenLine;
}

/** A disk or a collector that hangs does not keep the process. */
const mostCloseMs = 3_000;

export class LogOutputs implements Attendant {
  readonly #options: LogOutputsOptions;
  #files: LogFiles | undefined;
  #syslog: SyslogOutput | undefined;
  /** Outputs that have lost lines since they were whole. */
  readonly #losing = new Set<string>();

  constructor(options: LogOutputsOptions) {
    this.#options = options;
  }

  apply(next: Loaded): void {
    const { logs } = next.file.config;
    this.#options.log.apply(logs);
    this.#applyFiles(logs.files && { ...logs.files, path: resolve(next.file.dir, logs.files.path) });
    this.#applySyslog(logs.syslog, next);
  }

  samples(): readonly Sample[] {
    return [
      ...(this.#files === undefined ? [] : [up("file", this.#files.failing === undefined)]),
      ...(this.#syslog === undefined
        ? []
        : [
            up("syslog", this.#syslog.state.up),
            { name: "log_spool_bytes", value: this.#syslog.state.waiting } as const,
          ]),
    ];
  }

  /** For `./ringfence log`: where lines go, and how that is. */
  list(): readonly { readonly output: string; readonly state: string }[] {
    const files = this.#files;
    const syslog = this.#syslog;
    return [
      { output: "standard output", state: "written" },
      ...(files === undefined
        ? []
        : [{ output: files.path, state: files.failing === undefined ? "written" : `NOT WRITTEN: ${files.failing}` }]),
      ...(syslog === undefined ? [] : [{ output: named(syslog.settings), state: syslogState(syslog) }]),
    ];
  }

  warnings(): readonly string[] {
    const files = this.#files;
    const syslog = this.#syslog;
    const { down, waiting, failing } = syslog?.state ?? {};
    return [
      ...(files?.failing === undefined
        ? []
        : [`the log is not written to ${files.path}: ${files.failing}. Calls go on; it is tried again`]),
      ...(syslog === undefined || down === undefined
        ? []
        : [`the collector ${named(syslog.settings)} is not reached: ${down}. ${megabytes(waiting ?? 0)} wait for it`]),
      ...(failing === undefined ? [] : [`what waits for the collector is kept in memory only: ${failing}`]),
    ];
  }

  async stop(): Promise<void> {
    const { log } = this.#options;
    const [files, syslog] = [this.#files, this.#syslog];
    log.line("info", { event: "stopped" });
    if (files !== undefined) log.remove(files);
    if (syslog !== undefined) log.remove(syslog);
    this.#files = undefined;
    this.#syslog = undefined;
    const closed = Promise.all([files?.close(), syslog?.close()]);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((done) => {
      timer = setTimeout(done, mostCloseMs);
    });
    await Promise.race([closed, late]);
    clearTimeout(timer);
  }

  #applyFiles(settings: LogFilesConfig | undefined): void {
    const { log } = this.#options;
    const old = this.#files;
    if (old !== undefined && settings !== undefined && old.folder === settings.path) return old.apply(settings);
    if (old !== undefined) {
      log.remove(old);
      void old.close();
    }
    this.#files =
      settings &&
      new LogFiles(settings, {
        now: Date.now,
        later,
        onTrouble: (why) => this.#say("log-file", "error", "not-written", why),
        onRecovered: () => this.#whole("log-file", "written-again"),
        onLost: (lines) => this.#lost("log-file", lines),
      });
    if (this.#files !== undefined) log.add(this.#files);
  }

  #applySyslog(settings: SyslogConfig | undefined, next: Loaded): void {
    const { log, stateDir, open } = this.#options;
    const old = this.#syslog;
    if (old !== undefined && settings !== undefined) return old.apply(settings, placeOf(settings, next));
    if (old !== undefined) {
      log.remove(old);
      void old.close();
    }
    this.#syslog =
      settings &&
      new SyslogOutput(settings, placeOf(settings, next), {
        dir: join(stateDir, "syslog"),
        hostname: hostname(),
        version,
        sender: {
          now: Date.now,
          later,
          open,
          onLost: (why) => this.#say("syslog", "error", "not-written", why),
          onBack: () => this.#whole("syslog", "written-again"),
        },
        spool: {
          later,
          onTrouble: (why) => this.#say("syslog", "error", "not-kept", why),
          onRecovered: () => this.#whole("syslog", "kept-again"),
          onLost: (lines) => this.#lost("syslog", lines),
        },
      });
    if (this.#syslog !== undefined) log.add(this.#syslog);
  }

  /** Said once: the line that says it may be lost too. */
  #lost(event: "log-file" | "syslog", lines: number): void {
    const output = event === "syslog" ? event : "file";
    for (let i = 0; i < lines; i++) this.#options.metrics.count("log_lines_lost", { output });
    if (lines === 0 || this.#losing.has(event)) return;
    this.#losing.add(event);
    this.#say(event, "error", "lines-lost", "there is no room for more; they are counted");
  }

  #whole(event: "log-file" | "syslog", reason: string): void {
    this.#losing.delete(event);
    this.#say(event, "info", reason);
  }

  #say(event: "log-file" | "syslog", level: "info" | "error", reason: string, detail?: string): void {
    this.#options.log.line(level, { event, reason, detail });
  }
}

function up(output: string, is: boolean): Sample {
  return { name: "log_output_up", labels: { output }, value: Number(is) };
}

function placeOf({ url, ca, certificate }: SyslogConfig, { authorities, certificates }: Loaded): LinePlace {
  return {
    ...url,
    // A file that was not read trusts nobody.
    ca: ca === undefined ? undefined : (authorities.get(ca) ?? ""),
    pair: certificate === undefined ? undefined : certificates.tls(certificate),
  };
}

function named({ url }: SyslogConfig): string {
  return `${url.transport}://${url.host.includes(":") ? `[${url.host}]` : url.host}:${url.port}`;
}

function syslogState({ state }: SyslogOutput): string {
  const waiting = state.waiting === 0 ? "" : `, ${megabytes(state.waiting)} wait`;
  if (state.up) return `connected${waiting}`;
  return state.down === undefined ? `connecting${waiting}` : `NOT REACHED: ${state.down}${waiting}`;
}

function megabytes(octets: number): string {
  return `${(octets / 1_000_000).toFixed(1)} MB`;
}
