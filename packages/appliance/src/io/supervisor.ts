/**
 * What systemd is told (sd_notify(3)): when this process is ready, that its event loop still turns, and that it is ending. Node.js has no
 * datagram sockets in the file system, so native code sends them; without it the program `systemd-notify` does.
 */
import { execFile } from "node:child_process";
import { getSystemErrorName } from "node:util";
import { loadNative } from "@ringfence/native";
import type { SupervisorPlace } from "../environment.ts";
import type { Log } from "../logs/logger.ts";

/** Hands the message on; `failed` is called at most once for it. */
type Tell = (message: string, failed: (why: string) => void) => void;

/** What native/binding.cc offers. */
interface ApplianceAddon {
  /** @returns 0, or the number of the error */
  notify(path: Uint8Array, message: Uint8Array): number;
}

/** Three words in the time after which it is taken for dead: one may get lost. */
const WORDS = 3;

export class Supervisor {
  readonly #tell: Tell;
  readonly #watchdogMs: number | undefined;
  readonly #log: Pick<Log, "line">;
  #timer: NodeJS.Timeout | undefined;
  #complained = false;

  private constructor(tell: Tell, watchdogMs: number | undefined, log: Pick<Log, "line">) {
    this.#tell = tell;
    this.#watchdogMs = watchdogMs;
    this.#log = log;
  }

  /** Undefined without one. */
  static of(place: SupervisorPlace | undefined, log: Pick<Log, "line">): Supervisor | undefined {
    return place && new Supervisor(nativeTell(place.socket) ?? programTell, place.watchdogMs, log);
  }

  /** From here on it hears from the event loop: a loop that stands still is silent. */
  ready(): void {
    this.#say("READY=1");
    if (this.#watchdogMs === undefined) return;
    this.#timer = setInterval(() => this.#say("WATCHDOG=1"), this.#watchdogMs / WORDS);
    this.#timer.unref();
  }

  /** The loop goes on being watched: an end that hangs is one too. */
  stopping(): void {
    this.#say("STOPPING=1");
  }

  #say(message: string): void {
    this.#tell(message, (why) => {
      // The first is a reason to look; a hundred more are the same.
      if (!this.#complained)
        this.#log.line("warn", { event: "supervisor", detail: `${message} was not heard: ${why}` });
      this.#complained = true;
    });
  }
}

function nativeTell(socket: string): Tell | undefined {
  const native = loadNative();
  if (!native.loaded) return undefined;
  const addon = native.exports.appliance as ApplianceAddon;
  const path = Buffer.from(socket);
  return (message, failed) => {
    const error = addon.notify(path, Buffer.from(message));
    if (error !== 0) failed(getSystemErrorName(-error));
  };
}

/** It finds the socket in its environment, as we did. */
const programTell: Tell = (message, failed) => {
  execFile("systemd-notify", [message], { timeout: 10_000 }, (error) => error && failed(error.message));
};
