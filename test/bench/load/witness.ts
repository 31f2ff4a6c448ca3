/**
 * What stands beside a figure so that it can be believed: who had the processors, who had to wait for one, and what became of the requests
 * that were not served.
 */
import { readFileSync } from "node:fs";
import { processesNamed, type Schedule, schedulesOf, stolenMs } from "../cpu.ts";
import { allMetrics, valueIn } from "../metrics.ts";
import type { Site } from "../peers/site.ts";

/** Requests over UDP that nobody served, by where they ended. */
export interface Left {
  /** In the kernel: left out by the socket's filter, or its buffer was full. */
  readonly kernel: number;
  /** In their line. */
  readonly unread: number;
  /** By an answer, 503. */
  readonly refused: number;
}

/** On the way of a packet of voice: its generator, the kernel where it could not bring it at once, and the relay. */
export interface Waits {
  readonly voices: number;
  readonly kernel: number;
  readonly packets: number;
}

export interface Seen {
  readonly ms: number;
  /** ms of the signalling thread: packets of voice have theirs. */
  readonly cpuMs: number;
  /** ms for which it had nothing to do: it neither ran nor waited for a processor, and the host had taken none. */
  readonly idleMs: number;
  /** ms of all processors that the host gave to others. */
  readonly stolenMs: number;
  /** µs for which a thread had work and no processor, each time it had some. */
  readonly waitUs: Waits;
  readonly left: Left;
}

interface Sight {
  readonly at: number;
  readonly stolenMs: number;
  readonly appliance: readonly Schedule[];
  readonly voices: readonly Schedule[];
  readonly kernel: readonly Schedule[];
  readonly left: Left;
}

export class Witness {
  readonly #kernel = processesNamed("ksoftirqd/");
  readonly #appliance: number;
  readonly #voices: number;
  readonly #site: Site;

  /** @param appliance its process, `voices` that of their generator */
  constructor(appliance: number, voices: number, site: Site) {
    [this.#appliance, this.#voices, this.#site] = [appliance, voices, site];
  }

  async during<Result>(work: () => Promise<Result>): Promise<readonly [Result, Seen]> {
    // To ask costs the one who is asked: before and behind what is measured.
    const before = { left: await this.#left(), ...this.#threads() };
    const result = await work();
    const after = { ...this.#threads(), left: await this.#left() };
    return [result, between(before, after)];
  }

  #threads(): Omit<Sight, "left"> {
    const appliance = schedulesOf(this.#appliance);
    const kernel = this.#kernel.flatMap(schedulesOf);
    return { at: performance.now(), stolenMs: stolenMs(), appliance, voices: schedulesOf(this.#voices), kernel };
  }

  async #left(): Promise<Left> {
    const text = await allMetrics(this.#site);
    return {
      kernel: dropsAt(this.#site.entry.port),
      unread: valueIn(text, "ringfence_gate_dropped_total", `reason="no-turn"`),
      refused: valueIn(text, "ringfence_refused_total", `reason="overloaded"`),
    };
  }
}

function between(before: Sight, after: Sight): Seen {
  const [was, is] = [sumOf(before.appliance, "main thread"), sumOf(after.appliance, "main thread")];
  const [ms, stolen] = [after.at - before.at, after.stolenMs - before.stolenMs];
  const [cpuMs, waitedMs] = [is.ranMs - was.ranMs, is.waitedMs - was.waitedMs];
  return {
    ms,
    cpuMs,
    idleMs: Math.max(0, ms - cpuMs - waitedMs - stolen),
    stolenMs: stolen,
    waitUs: {
      voices: waitUs(sumOf(before.voices), sumOf(after.voices)),
      kernel: waitUs(sumOf(before.kernel), sumOf(after.kernel)),
      packets: waitUs(sumOf(before.appliance, "media-packets"), sumOf(after.appliance, "media-packets")),
    },
    left: {
      kernel: after.left.kernel - before.left.kernel,
      unread: after.left.unread - before.left.unread,
      refused: after.left.refused - before.left.refused,
    },
  };
}

function waitUs(before: Sum, after: Sum): number {
  const turns = after.turns - before.turns;
  return turns === 0 ? 0 : (1_000 * (after.waitedMs - before.waitedMs)) / turns;
}

type Sum = Omit<Schedule, "name">;

/** @param name without it all threads */
function sumOf(schedules: readonly Schedule[], name?: string): Sum {
  const sum = { ranMs: 0, waitedMs: 0, turns: 0 };
  for (const one of schedules) {
    if (name !== undefined && one.name !== name) continue;
    sum.ranMs += one.ranMs;
    sum.waitedMs += one.waitedMs;
    sum.turns += one.turns;
  }
  return sum;
}

/** What the kernel did not give to the sockets at that port: the last column. */
function dropsAt(port: number): number {
  const place = `:${port.toString(16).toUpperCase().padStart(4, "0")} `;
  const lines = readFileSync("/proc/net/udp", "latin1").split("\n");
  // The second word is its own address and port.
  const own = lines.map((line) => line.trim().split(/ +/u)).filter((words) => `${words[1]} `.endsWith(place));
  return own.reduce((sum, words) => sum + Number(words.at(-1)), 0);
}
