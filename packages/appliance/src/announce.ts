/** Being found by `status` without --config is a convenience: a machine where it cannot be had still serves calls. */
import type { Environment } from "./environment.ts";
import { announceInstance, type Instance } from "./instances.ts";
import type { Log } from "./logs/logger.ts";

/** @returns what takes the announcement back */
export function announce(
  instance: Instance,
  { environment, log }: { readonly environment: Environment; readonly log: Pick<Log, "line"> },
): () => void {
  try {
    return announceInstance(instance, environment);
  } catch (error) {
    log.line("warn", { event: "not-announced", detail: error instanceof Error ? error.message : String(error) });
    return () => undefined;
  }
}
