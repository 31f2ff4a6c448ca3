/** The front: calls by id, their ports, the engine and the watchdog. Default clock and dice are chosen here. */
import { randomBytes } from "node:crypto";
import { pressedEvent } from "./call/key-press.ts";
import { Session } from "./call/session.ts";
import { createDtlsIdentity } from "./dtls/identity.ts";
import type { Component, Engine, EngineEvent, EngineFactory, PairId } from "./engine/engine.ts";
import { portableEngine } from "./engine/portable.ts";
import type { MediaLogEvent } from "./log-event.ts";
import { qualityLine, type SourceEvent, sourceLine } from "./log-lines.ts";
import type { Media, MediaOptions } from "./media-options.ts";
import type { LegName, Legs, MediaEvent, MediaResult } from "./media-port.ts";
import type { AgreedKeys } from "./negotiation/leg.ts";
import { PairDesk } from "./ports/pair-desk.ts";
import { type CallSummary, type Moment, QualityDesk } from "./quality/quality-desk.ts";
import { refuse } from "./refusal.ts";
import type { MediaSettings } from "./settings.ts";
import { type MediaStatus, Tally } from "./status.ts";
import type { TransportFailure } from "./transport/transport.ts";
import { TransportBoard } from "./transport/transport-board.ts";
import { createTransportDesk } from "./transport/transport-desk.ts";
import { Watchdog } from "./watchdog.ts";

const watchMs = 1_000;

/** @throws whatever the engine throws when it cannot start. */
export async function createMedia(options: MediaOptions): Promise<Media> {
  const front = new Front(options);
  await front.start(options.engine ?? portableEngine({ workers: options.workers }));
  return front;
}

class Front implements Media {
  readonly #onEvent: (event: MediaEvent) => void;
  readonly #log: (event: MediaLogEvent) => void;
  readonly #random: (bytes: number) => Uint8Array;
  readonly #clock: () => number;
  readonly #sessions = new Map<string, Session>();
  readonly #watchdog = new Watchdog();
  readonly #tally = new Tally();
  readonly #quality = new QualityDesk();
  readonly #desk: PairDesk;
  readonly #transports: TransportBoard;
  #settings: MediaSettings;
  #engine: Engine | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextGroup = 0;

  constructor(options: MediaOptions) {
    this.#onEvent = options.onEvent;
    this.#log = options.log;
    this.#random = options.random ?? randomBytes;
    this.#clock = options.clock ?? (() => performance.now());
    this.#settings = options.settings;
    this.#desk = new PairDesk({
      range: options.settings.ports,
      random: this.#random,
      clock: this.#clock,
      onBindFailed: ({ owner, address }, port, reason) => {
        this.#tally.bindFailures++;
        this.#log({ level: "warn", event: "media.bind_failed", ...owner, address, port, reason });
      },
    });
    this.#transports = new TransportBoard({
      desk: options.transports ?? createTransportDesk(this.#random, createDtlsIdentity()),
      clock: this.#clock,
      submit: (commands) => this.#engine?.submit(commands),
      onKeyed: (pair, component, keys) => this.#onKeyed(pair, component, keys),
      onFailed: (pair, reason) => this.#onTransportFailed(pair, reason),
    });
  }

  async start(factory: EngineFactory): Promise<void> {
    this.#engine = await factory((events) => {
      for (const event of events) this.#onEngineEvent(event);
    });
    this.#desk.use(this.#engine);
    this.#timer = setInterval(() => this.#watch(), watchMs);
    this.#timer.unref();
  }

  has(call: string): boolean {
    return this.#sessions.has(call);
  }

  async offer(call: string, from: LegName, sdp: Uint8Array, legs: Legs): Promise<MediaResult> {
    const session = this.#sessions.get(call) ?? this.#newSession(call);
    this.#sessions.set(call, session);
    const result = await session.offer(from, sdp, legs);
    if (!result.ok && session.isEmpty && this.#sessions.get(call) === session) this.#sessions.delete(call);
    return this.#counted(call, from, result);
  }

  async answer(call: string, from: LegName, sdp: Uint8Array): Promise<MediaResult> {
    const session = this.#sessions.get(call);
    const result = session?.answer(from, sdp) ?? refuse("no-session");
    if (session !== undefined && result.ok) {
      this.#watchdog.watch(call, session.onHold, this.#clock());
      this.#quality.agree(call, session.sound, this.#clock());
    }
    return this.#counted(call, from, result);
  }

  up(call: string): void {
    if (this.#sessions.has(call)) this.#quality.answered(call, this.#clock());
  }

  press(call: string, to: LegName, key: string, durationMs: number): void {
    this.#sessions.get(call)?.press(to, key, durationMs);
  }

  rollback(call: string): void {
    const session = this.#sessions.get(call);
    session?.rollback();
    if (session?.isEmpty) this.close(call);
  }

  close(call: string): void {
    this.#watchdog.forget(call);
    this.#quality.forget(call);
    this.#sessions.get(call)?.close();
    this.#sessions.delete(call);
  }

  apply(settings: MediaSettings): void {
    this.#settings = settings;
    this.#desk.resize(settings.ports);
  }

  status(): MediaStatus {
    const [pairs, threads] = [this.#desk.counts(), this.#engine?.threads()];
    return { ...this.#tally.status(this.#sessions.size, pairs), threads, quality: this.#quality.status() };
  }

  summary(call: string, moment?: Moment): CallSummary | undefined {
    return this.#quality.summary(call, moment);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const call of [...this.#sessions.keys()]) this.close(call);
    this.#desk.stop();
    this.#transports.stop();
    await this.#engine?.stop();
  }

  #newSession(call: string): Session {
    return new Session({
      call,
      group: this.#nextGroup++,
      desk: this.#desk,
      random: this.#random,
      learn: () => this.#settings.learn,
      submit: (commands) => this.#engine?.submit(commands),
      transports: this.#transports,
    });
  }

  #counted(call: string, leg: LegName, result: MediaResult): MediaResult {
    if (!result.ok) {
      this.#tally.refused[result.reason]++;
      const level = result.status === 503 ? "warn" : "info";
      this.#log({ level, event: "media.refused", call, leg, reason: result.reason });
    }
    return result;
  }

  #watch(): void {
    for (const call of this.#watchdog.silent(this.#clock(), this.#settings.inactivityMs)) {
      this.#log({ level: "info", event: "rtp.inactive", call });
      this.#onEvent({ kind: "inactive", call });
    }
    for (const event of this.#quality.look(this.#clock())) this.#log(qualityLine(event));
  }

  #onEngineEvent(event: EngineEvent): void {
    switch (event.kind) {
      case "opened":
      case "bind-failed":
        this.#desk.onAnswer(event);
        break;
      case "counters":
        this.#onCounters(event);
        break;
      case "pressed":
        this.#onPressed(event);
        break;
      case "control":
        this.#transports.onControl(event);
        break;
      case "lost":
        this.#onLost(event);
        break;
      default:
        this.#logSource(event);
    }
  }

  #onKeyed(id: PairId, component: Component, keys: AgreedKeys): void {
    const session = this.#sessionOf(id);
    session?.onKeyed(id, component, keys);
    // Only now is it known which suite the call runs under.
    const call = this.#desk.find(id)?.owner.call;
    if (call !== undefined) this.#quality.agree(call, session?.sound, this.#clock());
  }

  #sessionOf(pair: PairId): Session | undefined {
    return this.#sessions.get(this.#desk.find(pair)?.owner.call ?? "");
  }

  #onTransportFailed(id: PairId, reason: TransportFailure): void {
    const pair = this.#desk.find(id);
    if (pair === undefined) return;
    this.#log({ level: "warn", event: "media.transport_failed", ...pair.owner, reason });
    this.#onEvent({ kind: "failed", call: pair.owner.call, reason });
  }

  #logSource(event: SourceEvent): void {
    const pair = this.#desk.find(event.pair);
    if (pair !== undefined) this.#log(sourceLine(event, pair.owner));
  }

  #onPressed(event: Extract<EngineEvent, { kind: "pressed" }>): void {
    const owner = this.#desk.find(event.pair)?.owner;
    const pressed = owner && pressedEvent(event, owner);
    if (pressed !== undefined) this.#onEvent(pressed);
  }

  #onCounters(event: Extract<EngineEvent, { kind: "counters" }>): void {
    const now = this.#clock();
    this.#tally.add(event);
    for (const { pair } of event.pairs) {
      const call = this.#desk.find(pair)?.owner.call;
      if (call !== undefined) this.#watchdog.onMedia(call, now);
    }
    this.#quality.report(event.streams ?? [], now);
    const bugs = event.drops.bug;
    if (bugs !== undefined) this.#log({ level: "error", event: "media.bug", packets: bugs });
  }

  #onLost(event: Extract<EngineEvent, { kind: "lost" }>): void {
    this.#tally.engineLost++;
    this.#log({ level: "error", event: "media.engine_lost", reason: event.detail });
    this.#desk.onLost(event.pairs, event.detail);
    const calls = new Set(event.pairs.map((id) => this.#desk.find(id)?.owner.call));
    for (const call of calls) {
      if (call !== undefined) this.#onEvent({ kind: "failed", call, reason: "engine-lost" });
    }
  }
}
