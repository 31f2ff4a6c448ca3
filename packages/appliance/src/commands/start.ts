/** `ringfence start`: runs until it is told to stop. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { RingfenceError } from "@ringfence/policy";
import type { Appliance } from "../appliance.ts";
import type { CliContext } from "../cli.ts";
import type { PbxProcess } from "../demo/pbx-process.ts";
import { exitCodes } from "../failures.ts";
import { Supervisor } from "../io/supervisor.ts";
import { limitProcess } from "../process-limits.ts";
import { journalPath } from "../restore/journal-path.ts";
import { logFatalTo, stopRequested } from "../shutdown.ts";

export interface StartOptions {
  readonly config?: string;
  readonly demoPort?: string;
}

/** @throws ConfigError, RingfenceError */
export async function start(options: StartOptions, context: CliContext): Promise<number> {
  const port = readDemoPort(options.demoPort);
  const stop = stopRequested();
  limitProcess();
  if (options.config === undefined) return startDemo(port, stop, context);
  if (options.demoPort !== undefined) throw usage("--demo-port is for the demo", "Leave out --config or --demo-port.");
  const appliance = await run(options.config, "configured", context);
  const supervisor = Supervisor.of(context.environment.supervisor, appliance.log);
  supervisor?.ready();
  await Promise.race([stop, appliance.drained]);
  supervisor?.stopping();
  return end(appliance);
}

async function startDemo(port: number, stop: Promise<void>, context: CliContext): Promise<number> {
  // The parts of the appliance are read, and it starts, while the PBX starts.
  const parts = import("../appliance.ts");
  const { prepareDemo } = await import("../demo/demo.ts");
  const demo = await prepareDemo(port);
  await parts;
  const [started, pbx] = await Promise.allSettled([run(demo.config, "demo", context), demo.pbx]);
  if (started.status === "rejected" || pbx.status === "rejected") {
    if (started.status === "fulfilled") await started.value.stop();
    if (pbx.status === "fulfilled") await pbx.value.stop();
    throw started.status === "rejected" ? started.reason : (pbx as PromiseRejectedResult).reason;
  }
  const { demoBanner } = await import("../demo/banner.ts");
  context.terminal.out(demoBanner(demo.plan, demo.accounts, context.terminal));
  return endDemo(started.value, pbx.value, stop);
}

async function endDemo(appliance: Appliance, pbx: PbxProcess, stop: Promise<void>): Promise<number> {
  const died = new Promise<string>((resolve) => pbx.onDeath(resolve));
  const ended = await Promise.race([stop, appliance.drained, died]);
  const code = await end(appliance);
  await pbx.stop();
  if (ended === undefined) return code;
  throw new RingfenceError("demo-pbx", `the demo's PBX stopped (${ended})`, "Start the demo again.");
}

async function run(
  config: string,
  kind: "configured" | "demo",
  { environment, terminal }: CliContext,
): Promise<Appliance> {
  // Before it is up a reload has nothing to change, and without a listener the signal would end the process.
  let reload: () => void = () => undefined;
  process.on("SIGHUP", () => reload());
  await finishInterrupted(config, environment);
  const { startAppliance } = await import("../appliance.ts");
  const appliance = await startAppliance({ config, demo: kind === "demo", environment });
  logFatalTo(appliance.log);
  // The report goes to the log and to `status`: a signal has nobody to answer.
  reload = () => void appliance.reload();
  if (kind === "configured") for (const warning of appliance.warnings) terminal.warning(warning);
  return appliance;
}

/** A restore that was killed half way: what is there is the old machine in part and the new one in part. */
async function finishInterrupted(config: string, environment: CliContext["environment"]): Promise<void> {
  const path = resolve(config);
  if (existsSync(journalPath(path))) (await import("../restore/restore.ts")).finishRestore(path, environment);
}

async function end(appliance: Appliance): Promise<number> {
  await appliance.stop();
  appliance.log.flush();
  return exitCodes.ok;
}

/** Ports 1024 to 65534: TLS is one above. */
function readDemoPort(text: string | undefined): number {
  if (text === undefined) return 5_060;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1_024 && port <= 65_534) return port;
  throw usage("--demo-port must be a number from 1024 to 65534", "For example --demo-port 15060.");
}

function usage(message: string, remedy: string): RingfenceError {
  return new RingfenceError("usage", message, remedy);
}
