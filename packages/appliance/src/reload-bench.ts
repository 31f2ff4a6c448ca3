/** For tests of reloads: configurations by their digest alone, a clock that stands, and what waits for its time. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { ConfigHistory } from "./generations/history.ts";
import type { Loaded } from "./loading.ts";
import { Reloader } from "./reload.ts";
import type { ReloadPorts, ReloadReport } from "./reload-ports.ts";

export const asked = { why: "reload", by: "anna" } as const;

/** Only what a reload looks at. */
export function loaded(digest: string, config: object = {}): Loaded {
  const whole = { state: { dir: "/state" }, ...config };
  return {
    digest,
    warnings: [],
    file: { config: whole, text: `# ${digest}` },
    certificates: { digest: "same", expired: [], ends: [] },
  } as unknown as Loaded;
}

export const first = loaded("a", { policy: { limits: { calls: 500 } } });

export class ReloadBench {
  readonly dir = mkdtempSync(join(tmpdir(), "ringfence-reload-"));
  readonly history = new ConfigHistory(this.dir, (detail) => expect.unreachable(detail));
  readonly applied: Loaded[] = [];
  readonly reports: ReloadReport[] = [];
  /** ms and work. */
  readonly waiting: (readonly [number, () => void])[] = [];
  failApply: Error | undefined;
  /** What is said of what stands. */
  standing: readonly string[] = [];
  onApply: () => void = () => undefined;
  /** What a load finds. */
  next: (text?: string) => Promise<Loaded> = () => expect.unreachable();
  readonly reloader: Reloader;

  constructor() {
    this.reloader = this.start(first);
  }

  start(config: Loaded): Reloader {
    return new Reloader(config, this.#ports());
  }

  /** A reload of the file as it is then. */
  take(config: Loaded, confirmMs?: number): Promise<ReloadReport> {
    this.next = async () => config;
    return this.reloader.reload({ ...asked, confirmMs });
  }

  #ports(): ReloadPorts {
    return {
      load: (text) => this.next(text),
      apply: async (to) => {
        this.onApply();
        if (this.failApply !== undefined) throw this.failApply;
        this.applied.push(to);
        return this.standing;
      },
      onReport: (report) => this.reports.push(report),
      history: this.history,
      now: () => new Date(0),
      later: (ms, work) => {
        const entry = [ms, work] as const;
        this.waiting.push(entry);
        return () => {
          const at = this.waiting.indexOf(entry);
          if (at >= 0) this.waiting.splice(at, 1);
        };
      },
    };
  }
}

/** A bench for each test of the file. */
export function eachWithBench(use: (bench: ReloadBench) => void): void {
  let bench: ReloadBench | undefined;
  beforeEach(() => {
    bench = new ReloadBench();
    use(bench);
  });
  afterEach(() => rmSync(bench?.dir ?? "", { recursive: true }));
}
