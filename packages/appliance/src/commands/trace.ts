/** `ringfence trace`: the signalling of somebody as it happens, as a ladder, as lines for programs, and as a capture. */

import { closeSync, openSync, writeSync } from "node:fs";
import { parseDuration, RingfenceError } from "@ringfence/policy";
import { asciiJson } from "../ascii-json.ts";
import type { CliContext } from "../cli.ts";
import { findRunning } from "../control/find-running.ts";
import type { TraceItem } from "../control/protocol.ts";
import { exitCodes } from "../failures.ts";
import { followControl } from "../io/control-client.ts";
import { LadderText } from "../trace/ladder-text.ts";
import { pcapHeader, pcapRecord } from "../trace/pcap.ts";
import { readPlace } from "../trace/place.ts";
import type { TracedMessage } from "../trace/traced-message.ts";

export interface TraceOptions {
  readonly config?: string;
  readonly account?: string;
  readonly number?: string;
  readonly source?: string;
  readonly call?: string;
  readonly trunk?: string;
  readonly method?: string;
  readonly for: string;
  readonly pcap?: string;
  readonly json?: boolean;
}

/** @throws RingfenceError */
export async function trace(options: TraceOptions, context: CliContext): Promise<number> {
  const { config, for: time, pcap, json, ...filter } = options;
  const { terminal, environment } = context;
  const request = { command: "trace", by: environment.userName, forMs: readTime(time), ...filter } as const;
  const { socket } = await findRunning(config, environment);
  const file = pcap === undefined ? undefined : openCapture(pcap);
  const ladder = new LadderText((tone, text) => terminal.tinted(tone, text));
  const tally = new Tally();
  const stop = new AbortController();
  const leave = (): void => stop.abort();
  process.once("SIGINT", leave).once("SIGTERM", leave);
  if (json !== true) terminal.err(`tracing for ${time}; Ctrl-C ends it`);
  const show = (item: TraceItem): void => {
    if (json === true) return terminal.out(asciiJson(item));
    if ("skipped" in item) return terminal.warning(`${item.skipped} messages came too fast and are not shown`);
    for (const line of ladder.add(item)) terminal.out(line);
  };
  try {
    await followControl(
      socket,
      request,
      (item) => {
        tally.add(item);
        if (file !== undefined && !("skipped" in item)) writeSync(file, recordOf(item));
        show(item);
      },
      stop.signal,
    );
  } finally {
    process.off("SIGINT", leave).off("SIGTERM", leave);
    if (file !== undefined) closeSync(file);
  }
  if (json !== true) terminal.err(tally.text + (pcap === undefined ? "" : `, written to ${pcap}`));
  return exitCodes.ok;
}

function readTime(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= 1_000 && ms <= 86_400_000) return ms;
  throw new RingfenceError("not-a-duration", `${text} is no time between 1s and 24h`, "Write 30s, 5m or 1h");
}

/** Who calls whom is in it: for its owner only. */
function openCapture(path: string): number {
  try {
    const file = openSync(path, "w", 0o600);
    writeSync(file, pcapHeader());
    return file;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new RingfenceError("usage", `${path} cannot be written (${code ?? "unknown"})`, "Name another file.");
  }
}

export function recordOf({ at, direction, local, remote, text }: TracedMessage): Buffer {
  const [ours, theirs] = [readPlace(local), readPlace(remote)];
  const [source, destination] = direction === "in" ? [theirs, ours] : [ours, theirs];
  return pcapRecord({ at, source, destination, payload: Buffer.from(text, "latin1") });
}

class Tally {
  readonly #calls = new Set<string>();
  #messages = 0;
  #skipped = 0;

  add(item: TraceItem): void {
    if ("skipped" in item) {
      this.#skipped += item.skipped;
      return;
    }
    this.#messages++;
    if (item.call !== null) this.#calls.add(item.call);
  }

  get text(): string {
    const skipped = this.#skipped === 0 ? "" : `, ${this.#skipped} more were not shown`;
    return `${counted(this.#messages, "message")} of ${counted(this.#calls.size, "call")}${skipped}`;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
