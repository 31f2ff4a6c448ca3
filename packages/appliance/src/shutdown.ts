/** How the process ends: asked to, asked twice, or because of a fault of its own. */
import { describeFailure, exitCodes } from "./failures.ts";
import type { Log } from "./logs/logger.ts";

let log: Log | undefined;

/** From here on a fatal error is a line of this log. */
export function logFatalTo(target: Log): void {
  log = target;
}

/**
 * A fault that no message and no call owns leaves unknown state behind: one line, and out, so that the supervisor starts
 * afresh. Nothing is awaited on the way, so it takes far less than a second.
 */
export function installFatalHandler(print: (line: string) => void): void {
  process.on("uncaughtException", (error) => {
    try {
      if (log === undefined) for (const line of describeFailure(error)) print(`ringfence: ${line}`);
      else log.line("fatal", { event: "fatal", error });
      log?.flush();
    } finally {
      process.exit(exitCodes.bug);
    }
  });
}

const signals = { SIGTERM: 15, SIGINT: 2 } as const;
/** Saying goodbye to every call takes a moment; a supervisor kills after a while anyway. */
const mostStopMs = 8_000;

/**
 * From the call on, SIGTERM and SIGINT ask for the end instead of bringing it; the second one ends the process at once.
 * The promise resolves with the first. Called before anything is started, so that no start is cut in half.
 */
export function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    for (const name of Object.keys(signals) as (keyof typeof signals)[]) {
      process.on(name, () => {
        if (asked) endNow(128 + signals[name]);
        asked = true;
        setTimeout(() => endNow(exitCodes.bug), mostStopMs).unref();
        resolve();
      });
    }
  });
}

function endNow(code: number): never {
  log?.flush();
  process.exit(code);
}
