/** What is asked of a reload, what it says, and what it needs of the machine. */
import type { ExitCode } from "./failures.ts";
import type { ConfigHistory, GenerationReason } from "./generations/history.ts";
import type { Loaded } from "./loading.ts";

export interface ReloadReport {
  readonly outcome: "applied" | "unchanged" | "refused";
  readonly why: GenerationReason;
  /** Of the configuration in force now. */
  readonly generation: number;
  /** applied: what is different now. refused: the problems, a line each. */
  readonly lines: readonly string[];
  /** What it forbids of what stands: how many calls and registrations, and whether they end. */
  readonly standing: readonly string[];
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
  /** Takes the new configuration over, or throws and has changed nothing. Returns what it forbids of what stands. What it died of serves no second time (`first-config.ts`). */
  readonly apply: (next: Loaded, inForce: Loaded) => Promise<readonly string[]>;
  readonly onReport: (report: ReloadReport) => void;
  readonly history: ConfigHistory;
  readonly now: () => Date;
  /** Does the work once the time has passed; what it returns calls it off. */
  readonly later: (ms: number, work: () => void) => () => void;
}
