/**
 * The audit of the Ringfence that serves, for its console: in a thread of its own, because calls wait for this one and programs of the
 * system take their time. Two who ask at one time get one answer.
 */
import { Worker } from "node:worker_threads";
import type { HardeningReport } from "@ringfence/admin";
import { RingfenceError } from "@ringfence/policy";
import type { ControlDesk } from "../control/protocol.ts";
import type { Loaded } from "../loading.ts";
import type { Status } from "../status.ts";
import type { KnownHere } from "./facts-desk.ts";
import { keepReport, keptReport } from "./kept-report.ts";
import type { StatusForAudit } from "./running-facts.ts";

export interface OwnAuditSources {
  readonly stateDir: string;
  readonly status: () => Status;
  readonly inForce: () => Loaded;
  readonly known: Pick<ControlDesk, "audit-facts">;
}

/** What the thread is told. */
export interface AuditOrder {
  readonly file: string;
  readonly text: string;
  readonly stateDir: string;
  readonly status: StatusForAudit;
  readonly known: KnownHere;
}

export class OwnAudit {
  readonly #sources: OwnAuditSources;
  #running: Promise<HardeningReport> | undefined;

  constructor(sources: OwnAuditSources) {
    this.#sources = sources;
  }

  /** Also of the command line: whoever asks there as root sees more. */
  last(): HardeningReport | undefined {
    return keptReport(this.#sources.stateDir);
  }

  /** @throws RingfenceError `no-audit` */
  run(by: string): Promise<HardeningReport> {
    this.#running ??= this.#ask(by).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #ask(by: string): Promise<HardeningReport> {
    const { stateDir, status, inForce, known } = this.#sources;
    const { path, text } = inForce().file;
    const { pid, node, inShadow, version, kernel } = status();
    const order: AuditOrder = {
      ...{ file: path, text, stateDir },
      status: { pid, node, inShadow, version, kernel },
      known: await known["audit-facts"]({ command: "audit-facts" }),
    };
    const graded = await asked(order);
    const report = { ...graded, at: Date.now(), by };
    keepReport(stateDir, report);
    return report;
  }
}

function asked(order: AuditOrder): Promise<Omit<HardeningReport, "at" | "by">> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("audit-worker.ts", import.meta.url), { workerData: order });
    worker.on("message", resolve);
    worker.on("error", (error) =>
      reject(new RingfenceError("no-audit", `the audit did not end: ${error.message}`, "Try ./ringfence audit.")),
    );
  });
}
