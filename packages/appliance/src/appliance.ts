/** One running Ringfence: what `start` brings up, `reload` and `status` talk to, and a signal brings down. */
import { join } from "node:path";
import { adminDesk } from "./admin/admin-desk.ts";
import { AdminPart } from "./admin/admin-part.ts";
import { consoleStatus } from "./admin/console-status.ts";
import { Tally } from "./admin/tally.ts";
import { alertDesk } from "./alerts/alert-desk.ts";
import { overhear, startAlerts } from "./alerts/start-alerts.ts";
import { announce } from "./announce.ts";
import { Attendants } from "./attendants.ts";
import { factsDesk } from "./audit/facts-desk.ts";
import { OwnAudit } from "./audit/own-audit.ts";
import { keepBackups } from "./backup/keep-backups.ts";
import { type Composition, compose } from "./compose.ts";
import type { ConfigFile } from "./config-file.ts";
import { auditedDesk, openAudit } from "./control/audited.ts";
import { banDesk } from "./control/ban-desk.ts";
import { explainDesk } from "./control/explain-desk.ts";
import { logDesk } from "./control/log-desk.ts";
import type { ControlDesk } from "./control/protocol.ts";
import { Drain } from "./drain.ts";
import type { Environment } from "./environment.ts";
import { configDesk } from "./generations/config-desk.ts";
import { firstConfig } from "./generations/first-config.ts";
import { ConfigHistory } from "./generations/history.ts";
import { takeOver } from "./generations/take-over.ts";
import { socketPath } from "./instances.ts";
import { openLine } from "./io/collector-line.ts";
import { startControlServer } from "./io/control-server.ts";
import { HealthPlace } from "./io/health-place.ts";
import { startKernelGuard } from "./kernel/start-guard.ts";
import { type Loaded, loadEverything } from "./loading.ts";
import { createLog, type Log } from "./logs/logger.ts";
import { LogOutputs } from "./logs/outputs.ts";
import { machineWatch } from "./metrics/machine-samples.ts";
import { createMetrics, type Metrics } from "./metrics/registry.ts";
import { sampleStatus } from "./metrics/samples.ts";
import { recordReload, recordStart } from "./milestones.ts";
import { unready } from "./readiness.ts";
import { recordExport } from "./records/export/record-export.ts";
import { openRecordBook } from "./records/record-book.ts";
import { Reloader } from "./reload.ts";
import type { ReloadReport } from "./reload-ports.ts";
import { SecretWatch } from "./secrets/secret-watch.ts";
import { keepSelfSigned, machineNames } from "./self-signed.ts";
import { ShadowWatch } from "./shadow-watch.ts";
import { explainStart } from "./start-failure.ts";
import { openStateDir } from "./state-dir.ts";
import { openStateStore } from "./state-store.ts";
import { collectStatus, edgeWarnings, type Status } from "./status.ts";
import { suspensionDesk } from "./suspension-desk.ts";
import { Tracing } from "./trace/tracing.ts";
import { version } from "./version.ts";

export interface Appliance {
  readonly log: Log;
  readonly warnings: readonly string[];
  reload(): Promise<ReloadReport>;
  status(): Status;
  /** Resolves when somebody asked for a drain and the last call has ended. */
  readonly drained: Promise<void>;
  /** Idempotent: both calls wait for the same end. */
  stop(): Promise<void>;
}

export interface ApplianceOptions {
  /** Path of the configuration file, as the user wrote it. */
  readonly config: string;
  readonly demo: boolean;
  readonly environment: Environment;
}

/** Undone in reverse when the start fails half way, and at the end. */
type Undo = () => void | Promise<void>;

/** @throws ConfigError, RingfenceError; nothing is left running then */
export async function startAppliance(options: ApplianceOptions): Promise<Appliance> {
  const { environment } = options;
  const stateDirOf = (file: ConfigFile): string => openStateDir(file.config.state.dir, file.dir, environment);
  const load = (name: string, text?: string): Promise<Loaded> =>
    loadEverything(name, environment, (file) => keepSelfSigned(stateDirOf(file), machineNames()), text);
  const file = await load(options.config);
  const stateDir = stateDirOf(file.file);
  const metrics = createMetrics();
  const log = createLog(file.file.config.logs, () => metrics.count("log_lines_lost", { output: "standard" }));
  const history = new ConfigHistory(join(stateDir, "history"), (detail) =>
    log.line("error", { event: "history", detail }),
  );
  const first = await firstConfig(file, history, (text) => load(options.config, text));
  const loaded = { ...first.loaded, warnings: [...first.warnings, ...first.loaded.warnings] };
  const undo: Undo[] = [];
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step();
  };
  try {
    const running = await bringUp({ ...options, loaded, load, stateDir, history, metrics, log, undo });
    let stopping: Promise<void> | undefined;
    return {
      ...running,
      log,
      warnings: loaded.warnings,
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await stop();
    throw explainStart(error, options.demo ? "demo" : "configured");
  }
}

interface Ingredients extends ApplianceOptions {
  readonly loaded: Loaded;
  readonly load: (name: string, text?: string) => Promise<Loaded>;
  readonly stateDir: string;
  readonly history: ConfigHistory;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly undo: Undo[];
}

async function bringUp(given: Ingredients): Promise<Pick<Appliance, "reload" | "status" | "drained">> {
  const { loaded, stateDir, history, metrics, log, undo, environment } = given;
  const attendants = new Attendants(undo);
  const heard = overhear(log);
  let parts: Composition | undefined;
  let desk: ControlDesk | undefined;
  const tally = new Tally();

  // The control socket comes first: it finds out whether the state folder is in use before anything else is touched.
  const socket = socketPath(stateDir, environment);
  const control = await startControlServer(socket, (user) => desk && auditedDesk(desk, audit, user));
  undo.push(() => control.close());
  const audit = attendants.add(openAudit(stateDir, log));
  // First in, so that it is the last to go: it says how the others went.
  const outputs = attendants.add(new LogOutputs({ log, metrics, stateDir, open: openLine }));
  outputs.apply(loaded);

  const health = await HealthPlace.open(loaded.file.config.metrics.listen, {
    metrics: (accept) =>
      metrics.page([...(parts === undefined ? [] : sampleStatus(parts)), ...attendants.samples()], accept),
    problems: () => attendants.problems(),
    readiness: () => ({
      reasons: unready(parts),
      warnings: parts === undefined ? [] : edgeWarnings(parts.edge.status()),
    }),
  });
  undo.push(() => health.close());

  const store = openStateStore(stateDir, log);
  undo.push(() => store.close());
  const { keeper, bans, use, calls } = store;
  const onLost = (): void => metrics.count("records_lost");
  const records = attendants.add(openRecordBook({ stateDir, calls, log, onLost }, loaded.file.config.cdr));
  attendants.add(recordExport(stateDir, log, metrics)).apply(loaded);
  const backups = attendants.add(keepBackups(loaded, stateDir, log, metrics));
  const counted = tally.beside(metrics);
  const composition = await compose(loaded, { log, metrics: counted, records, keeper, bans, use });
  undo.push(() => composition.stop());
  parts = composition;
  records.watch(composition.edge.look);
  const secrets = attendants.add(new SecretWatch(store.secrets, log, Date.now));
  secrets.apply(loaded);
  attendants.add(machineWatch(loaded, stateDir));
  const shadow = attendants.add(new ShadowWatch(log, () => composition.edge.status().inShadow));
  const { edge, media } = composition;
  const tracing = attendants.add(
    new Tracing({ edge, summary: (call) => media.summary(call, "meanwhile"), log }, loaded),
  );
  const reloader = new Reloader(loaded, {
    load: (text) => given.load(given.config, text),
    apply: takeOver({ composition, health, attendants }),
    onReport: (report) => recordReload(given, report),
    history,
    now: () => new Date(),
    later: (ms, work) => {
      const timer = setTimeout(work, ms);
      return () => clearTimeout(timer);
    },
  });
  undo.push(() => reloader.stop());
  const guard = attendants.add(startKernelGuard(composition.edge, () => reloader.inForce, log));
  const status = (): Status =>
    collectStatus({
      version,
      demo: given.demo,
      file: reloader.inForce.file.path,
      generation: reloader.generation,
      confirmUntil: reloader.confirmUntil,
      lastReload: reloader.last,
      edge: composition.edge.status(),
      media: composition.media.status(),
      engine: composition.engine,
      ...{ metrics: health.bound, kernel: guard.status, backup: backups.status() },
      console: consoleStatus(admin.console),
      warnings: [...reloader.inForce.warnings, ...attendants.warnings()],
    });
  const alerts = attendants.add(
    startAlerts({
      ...{ log, metrics, stateDir, status, keeper: store.alerts, heard: heard() },
      inForce: () => reloader.inForce,
      oldSecrets: () => secrets.warnings(),
      backup: () => backups.age(),
    }),
  );
  const drain = new Drain({ drain: () => composition.edge.drain(), status: () => composition.edge.status() });
  undo.push(() => drain.stop());
  const knownHere = factsDesk(secrets, alerts);
  const answers: ControlDesk = {
    status: () => ({ status: status() }),
    ...configDesk(reloader, history, given.load),
    drain: () => {
      log.line("info", { event: "drain" });
      return { calls: drain.begin() };
    },
    ...banDesk(composition.edge, store),
    prove: async () => ({ kernel: await guard.prove() }),
    ...suspensionDesk(composition.edge, store),
    ...logDesk(log, outputs),
    ...explainDesk(composition.edge, () => reloader.inForce, history),
    ...tracing.desk(),
    ...adminDesk(() => admin.console),
    "audit-log": ({ limit, after }) => audit.page(limit, after),
    ...alertDesk(alerts),
    ...knownHere,
  };
  const admin: AdminPart = attendants.add(
    new AdminPart({
      ...{ composition, desk: answers, status, log, audit, tally, records, stateDir },
      health: { problems: () => attendants.problems(), notReady: () => unready(parts) },
      inForce: () => reloader.inForce,
      load: (text) => given.load(given.config, text),
      preview: (load) => reloader.preview(load),
      openAlerts: () => alerts.book.open.length,
      ladder: (call) => tracing.of(call),
      hardening: new OwnAudit({ stateDir, status, inForce: () => reloader.inForce, known: knownHere }),
    }),
  );
  admin.apply(loaded);
  await admin.settled;
  desk = answers;

  undo.push(announce({ pid: process.pid, socket, stateDir, config: loaded.file.path, demo: given.demo }, given));
  // The demo's own file warns about what the demo says anyway.
  recordStart(given, composition.engine, reloader.generation, given.demo ? [] : loaded.warnings);
  shadow.say();
  return { reload: () => reloader.reload({ why: "signal", by: "" }), status, drained: drain.done };
}
