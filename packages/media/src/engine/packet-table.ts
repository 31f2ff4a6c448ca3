/** The pairs of one thread: carries out commands, collects what there is to report. */

import { type DropReason, drop, dropReasons } from "./drop-reason.ts";
import type { EngineCommand, EngineEvent, PairActivity } from "./engine.ts";
import type { Lane } from "./lane.ts";
import { type OpenCommand, Pair, type PairContext } from "./pair.ts";
import { SendBuffer } from "./send-buffer.ts";
import type { StreamReport } from "./stream-report.ts";
import { type Suspicion, suspicions } from "./suspects.ts";

/** Quality changes over seconds, and each report is an object for every leg. */
const streamReportMs = 1_000;

/** Often enough for the watchdog and the metrics. Of many pairs half as often: each is looked at, and most have something to say. */
const reportMs = 500;
const longReportMs = 1_000;
const manyPairs = 200;

/** A flood is one report of its kind a pair and minute. */
const suspectsReportMs = 60_000;

export class PacketTable {
  readonly #pairs = new Map<number, Pair>();
  readonly #suspectsReported = { "foreign-source": new Map<number, number>(), unauthentic: new Map<number, number>() };
  readonly #context: PairContext;
  readonly #emit: (events: readonly EngineEvent[]) => void;
  readonly #clock: () => number;
  /** What pairs that were closed since the last report still have to say. */
  readonly #drops = new Float64Array(dropReasons.length);
  #closedActivity: PairActivity[] = [];
  #closedStreams: StreamReport[] = [];
  #streamsReported = Number.NEGATIVE_INFINITY;

  constructor(emit: (events: readonly EngineEvent[]) => void, clock: () => number) {
    this.#emit = emit;
    this.#clock = clock;
    this.#context = {
      buffer: new SendBuffer(),
      clock,
      onControl: (event) => emit([event]),
      onPressed: (event) => emit([event]),
    };
  }

  submit(commands: readonly EngineCommand[]): void {
    for (const command of commands) {
      try {
        this.#carryOut(command);
      } catch {
        // A command that cannot be carried out is a bug of ours; it must not take the other calls of this thread with it.
        this.#drops[drop.bug] = (this.#drops[drop.bug] as number) + 1;
      }
    }
  }

  /** Until the next report. */
  get reportMs(): number {
    return this.#pairs.size < manyPairs ? reportMs : longReportMs;
  }

  /** Everything since the last report, as one batch; nothing when there is nothing. */
  report(): void {
    const events: EngineEvent[] = [];
    const active = this.#closedActivity;
    this.#closedActivity = [];
    const now = this.#clock();
    for (const pair of this.#pairs.values()) {
      pair.rtp.reader?.settle(now);
      this.#reportLanes(pair, now, events);
      this.#addActivity(pair, active);
    }
    const drops = this.#takeDrops();
    const streams = this.#takeStreams(now);
    if (active.length > 0 || streams.length > 0 || Object.keys(drops).length > 0) {
      events.push({ kind: "counters", pairs: active, drops, ...(streams.length > 0 && { streams }) });
    }
    if (events.length > 0) this.#emit(events);
  }

  close(): void {
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
  }

  #carryOut(command: EngineCommand): void {
    switch (command.kind) {
      case "open":
        void this.#open(command);
        break;
      case "join":
        this.#join(this.#pairs.get(command.left), this.#pairs.get(command.right));
        break;
      case "configure":
        this.#pairs.get(command.pair)?.configure(command.config, this.#clock());
        break;
      case "select":
        this.#pairs.get(command.pair)?.[command.component].peer.select(command.source);
        break;
      case "send":
        this.#pairs.get(command.pair)?.send(command.component, command.to, command.packet);
        break;
      case "press":
        this.#pairs.get(command.pair)?.press(command.event, command.durationMs);
        break;
      case "close":
        this.#close(command.pair);
    }
  }

  async #open(command: OpenCommand): Promise<void> {
    const carrier = command.bundledOn === undefined ? undefined : this.#pairs.get(command.bundledOn);
    if (command.bundledOn !== undefined && carrier === undefined) {
      this.#emit([{ kind: "bind-failed", pair: command.pair, why: "failed", detail: "the pair to bundle on is gone" }]);
      return;
    }
    const pair = new Pair(command, carrier, this.#context);
    this.#pairs.set(pair.id, pair);
    const result = await pair.bind(command);
    if (result.ok) {
      this.#emit([{ kind: "opened", pair: pair.id }]);
      return;
    }
    this.#pairs.delete(pair.id);
    const why = result.code === "EADDRINUSE" ? "in-use" : "failed";
    this.#emit([{ kind: "bind-failed", pair: pair.id, why, detail: result.code }]);
  }

  #join(left: Pair | undefined, right: Pair | undefined): void {
    if (left === undefined || right === undefined) return;
    left.rtp.partner = right.rtp;
    right.rtp.partner = left.rtp;
    left.rtcp.partner = right.rtcp;
    right.rtcp.partner = left.rtcp;
  }

  #close(id: number): void {
    const pair = this.#pairs.get(id);
    if (pair === undefined) return;
    this.#pairs.delete(id);
    for (const reported of Object.values(this.#suspectsReported)) reported.delete(id);
    const stream = pair.meter.take(id, pair.rtp.partner?.meter);
    if (stream !== undefined) this.#closedStreams.push(stream);
    for (const lane of [pair.rtp, pair.rtcp]) {
      if (lane.partner !== undefined) lane.partner.partner = undefined;
      moveDrops(lane, this.#drops);
    }
    pair.close();
    this.#addActivity(pair, this.#closedActivity);
  }

  #reportLanes(pair: Pair, now: number, events: EngineEvent[]): void {
    for (const lane of [pair.rtp, pair.rtcp]) {
      const source = lane.peer.latch.source;
      if (lane.latchedSinceReport && source !== undefined) {
        events.push({ kind: "latched", pair: pair.id, component: lane.component, source });
      }
      lane.latchedSinceReport = false;
    }
    for (const kind of suspicions) this.#reportSuspects(pair, kind, now, events);
  }

  #reportSuspects(pair: Pair, kind: Suspicion, now: number, events: EngineEvent[]): void {
    const [rtp, rtcp] = [pair.rtp.suspects[kind], pair.rtcp.suspects[kind]];
    const { component, suspects } = rtp.packets >= rtcp.packets ? pair.rtp : pair.rtcp;
    const { address, port, packets: most } = suspects[kind];
    const last = this.#suspectsReported[kind].get(pair.id);
    if (most === 0 || (last !== undefined && now - last < suspectsReportMs)) return;
    this.#suspectsReported[kind].set(pair.id, now);
    const packets = rtp.packets + rtcp.packets;
    events.push({ kind, pair: pair.id, component, source: { address, port }, packets });
    rtp.packets = 0;
    rtcp.packets = 0;
  }

  #addActivity(pair: Pair, active: PairActivity[]): void {
    const packets = pair.rtp.packets + pair.rtcp.packets;
    if (packets === 0) return;
    active.push({ pair: pair.id, packets, bytes: pair.rtp.bytes + pair.rtcp.bytes });
    for (const lane of [pair.rtp, pair.rtcp]) {
      lane.packets = 0;
      lane.bytes = 0;
    }
  }

  #takeStreams(now: number): readonly StreamReport[] {
    const streams = this.#closedStreams;
    this.#closedStreams = [];
    if (now - this.#streamsReported < streamReportMs) return streams;
    this.#streamsReported = now;
    for (const pair of this.#pairs.values()) {
      const report = pair.meter.take(pair.id, pair.rtp.partner?.meter);
      if (report !== undefined) streams.push(report);
    }
    return streams;
  }

  #takeDrops(): Partial<Record<DropReason, number>> {
    for (const pair of this.#pairs.values()) {
      moveDrops(pair.rtp, this.#drops);
      moveDrops(pair.rtcp, this.#drops);
    }
    const drops: Partial<Record<DropReason, number>> = {};
    dropReasons.forEach((reason, index) => {
      const count = this.#drops[index] as number;
      if (count > 0) drops[reason] = count;
    });
    this.#drops.fill(0);
    return drops;
  }
}

function moveDrops(lane: Lane, into: Float64Array): void {
  for (let index = 0; index < into.length; index++)
    into[index] = (into[index] as number) + (lane.drops[index] as number);
  lane.drops.fill(0);
}
