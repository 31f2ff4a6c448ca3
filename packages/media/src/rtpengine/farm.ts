/**
 * The front of a farm: calls by id, each on one of several instances of rtpengine, their health and the watchdog. To
 * whoever drives calls it is what media.ts is for an engine of our own.
 */
import { randomBytes } from "node:crypto";
import type { Side } from "@ringfence/policy";
import { openNgSocket } from "../io/ng-socket.ts";
import type { MediaLogEvent } from "../log-event.ts";
import { qualityLine } from "../log-lines.ts";
import type { Media, MediaOptions } from "../media-options.ts";
import type { LegName, Legs, MediaEvent, MediaResult } from "../media-port.ts";
import type { CallSummary, Moment } from "../quality/quality-desk.ts";
import { refuse } from "../refusal.ts";
import type { MediaSettings } from "../settings.ts";
import { type MediaStatus, Tally } from "../status.ts";
import { Watchdog } from "../watchdog.ts";
import type { InstanceProblem } from "./farm-call.ts";
import { FarmHealth } from "./farm-health.ts";
import { FarmQuality } from "./farm-quality.ts";
import { FarmSession, perInstance } from "./farm-session.ts";
import type { InstanceId } from "./ng-client.ts";
import type { OpenNgSocket } from "./ng-desk.ts";
import type { Traffic } from "./ng-message.ts";
import { OwnPlaces } from "./own-places.ts";

export interface FarmOptions extends Omit<MediaOptions, "engine" | "workers" | "transports"> {
  /** Default: UDP. */
  readonly open?: OpenNgSocket;
}

/** Resolves when every instance has answered or let its time pass. */
export async function createFarm(options: FarmOptions): Promise<Media> {
  const farm = new Farm(options);
  await farm.start();
  return farm;
}

interface Call {
  readonly session: FarmSession;
  /** What was counted of it before. */
  carried: Traffic;
  /** When its instance is asked about it again. Infinity: not before it was answered. */
  nextLook: number;
  failed: boolean;
}

const watchMs = 1_000;
/** Between two looks at one call. Whoever reads its last line wants to know of its last seconds, too. */
const longestLookMs = 5_000;

class Farm implements Media {
  readonly #onEvent: (event: MediaEvent) => void;
  readonly #log: (event: MediaLogEvent) => void;
  readonly #random: (octets: number) => Uint8Array;
  readonly #clock: () => number;
  readonly #calls = new Map<string, Call>();
  readonly #watchdog = new Watchdog();
  readonly #tally = new Tally();
  readonly #quality = new FarmQuality(longestLookMs);
  readonly #places = new OwnPlaces();
  readonly #health: FarmHealth;
  #settings: MediaSettings;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: FarmOptions) {
    this.#onEvent = options.onEvent;
    this.#log = options.log;
    this.#random = options.random ?? randomBytes;
    this.#clock = options.clock ?? (() => performance.now());
    this.#settings = options.settings;
    this.#health = new FarmHealth({
      open: options.open ?? openNgSocket,
      clock: this.#clock,
      random: this.#random,
      log: this.#log,
      onTimeout: () => {
        this.#tally.instanceTimeouts++;
      },
      onUp: (instance) => this.#lookAtAll(instance),
    });
  }

  async start(): Promise<void> {
    await this.#health.configure(this.#settings.farm);
    this.#timer = setInterval(() => this.#watch(), watchMs);
    this.#timer.unref();
  }

  has(id: string): boolean {
    return this.#calls.has(id);
  }

  async offer(id: string, from: LegName, sdp: Uint8Array, legs: Legs): Promise<MediaResult> {
    const call = this.#calls.get(id) ?? this.#newCall(id);
    this.#calls.set(id, call);
    const result = await call.session.offer(from, sdp, legs);
    if (!result.ok && call.session.isEmpty && this.#calls.get(id) === call) this.close(id);
    return this.#counted(id, from, result);
  }

  async answer(id: string, from: LegName, sdp: Uint8Array): Promise<MediaResult> {
    const call = this.#calls.get(id);
    if (call === undefined) return this.#counted(id, from, refuse("no-session"));
    const result = await call.session.answer(from, sdp);
    if (result.ok && this.#calls.get(id) === call) {
      const now = this.#clock();
      this.#watchdog.watch(id, call.session.onHold, now);
      this.#quality.agree(id, call.session.sound, now);
      call.nextLook = Math.min(call.nextLook, now + this.#lookMs());
    }
    return this.#counted(id, from, result);
  }

  /** No answer of a farm says `press`: rtpengine passes key presses as they come. */
  press(): void {}

  up(id: string): void {
    if (this.#calls.has(id)) this.#quality.desk.answered(id, this.#clock());
  }

  rollback(id: string): void {
    const call = this.#calls.get(id);
    call?.session.rollback();
    if (call?.session.isEmpty) this.close(id);
  }

  close(id: string): void {
    this.#watchdog.forget(id);
    this.#quality.forget(id);
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    call?.session.close((traffic) => this.#count(call, traffic));
  }

  /** A reload: new calls use the new list, calls in progress stay where they are. */
  apply(settings: MediaSettings): void {
    this.#settings = settings;
    void this.#health.configure(settings.farm);
  }

  status(): MediaStatus {
    const instances = this.#health.status(this.#callsByInstance());
    const ports = { free: 0, used: this.#places.size, draining: 0 };
    return { ...this.#tally.status(this.#calls.size, ports, instances), quality: this.#quality.desk.status() };
  }

  /** As of the last look. */
  summary(id: string, moment?: Moment): CallSummary | undefined {
    return this.#quality.desk.summary(id, moment);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const id of [...this.#calls.keys()]) this.close(id);
    await this.#health.stop();
  }

  #newCall(id: string): Call {
    const session = new FarmSession({
      random: this.#random,
      places: this.#places,
      interfaces: (offerer, answerer) => {
        const names = this.#settings.farm?.interfaces;
        const nameOf = (side: Side) => (side === "core" ? names?.inside : names?.outside) ?? "";
        return names && [nameOf(offerer), nameOf(answerer)];
      },
      ask: (instance, command) => this.#health.ask(instance, command),
      pick: (tried) => {
        if (tried.size > 0) this.#tally.instanceFailovers++;
        return this.#health.pick(tried);
      },
      abandon: (instance, name) => this.#health.abandon(instance, name),
      onProblem: (instance, problem, detail) => this.#onProblem(id, instance, problem, detail),
    });
    return { session, carried: { packets: 0, bytes: 0 }, nextLook: Number.POSITIVE_INFINITY, failed: false };
  }

  #counted(call: string, leg: LegName, result: MediaResult): MediaResult {
    if (!result.ok) {
      this.#tally.refused[result.reason]++;
      const level = result.status === 503 ? "warn" : "info";
      this.#log({ level, event: "media.refused", call, leg, reason: result.reason });
    }
    return result;
  }

  #onProblem(id: string, instance: InstanceId, problem: InstanceProblem, detail: string): void {
    const { address = "", port = 0 } = this.#health.find(instance)?.place ?? {};
    const reason = detail === "" ? problem : `${problem}: ${detail}`;
    this.#log({ level: "warn", event: "media.instance_problem", call: id, address, port, reason });
    // It was started anew and has forgotten its calls, or has given this one other ports than the peers know.
    if (problem === "unknown-call" || problem === "moved") this.#fail(id);
  }

  #fail(id: string): void {
    const call = this.#calls.get(id);
    if (call === undefined || call.failed) return;
    call.failed = true;
    this.#onEvent({ kind: "failed", call: id, reason: "engine-lost" });
  }

  #watch(): void {
    const now = this.#clock();
    this.#health.watch();
    for (const [id, call] of this.#calls) if (call.nextLook <= now) void this.#look(id, call);
    for (const id of this.#watchdog.silent(now, this.#settings.inactivityMs)) {
      this.#log({ level: "info", event: "rtp.inactive", call: id });
      this.#onEvent({ kind: "inactive", call: id });
    }
    for (const event of this.#quality.desk.look(now)) this.#log(qualityLine(event));
    const used = this.#callsByInstance();
    this.#health.forgetRetired((instance) => !used.has(instance));
  }

  /** Four looks in the time after which a call is silent, so that one of them may be lost. */
  #lookMs(): number {
    const { inactivityMs } = this.#settings;
    return inactivityMs === 0 ? longestLookMs : Math.min(longestLookMs, inactivityMs / 4);
  }

  #lookAtAll(instance: InstanceId): void {
    for (const [id, call] of this.#calls) {
      if (call.session.instance === instance && Number.isFinite(call.nextLook)) void this.#look(id, call);
    }
  }

  async #look(id: string, call: Call): Promise<void> {
    call.nextLook = this.#clock() + this.#lookMs();
    const traffic = await call.session.traffic();
    if (this.#calls.get(id) !== call || traffic === undefined) return;
    if (traffic === "lost") return this.#fail(id);
    if (traffic.sound !== undefined) this.#quality.look(id, traffic.sound, this.#clock());
    if (this.#count(call, traffic)) this.#watchdog.onMedia(id, this.#clock());
  }

  /** Whether there was any since the last look. */
  #count(call: Call, traffic: Traffic): boolean {
    const packets = traffic.packets - call.carried.packets;
    if (packets <= 0) return false;
    this.#tally.packets += packets;
    this.#tally.bytes += Math.max(0, traffic.bytes - call.carried.bytes);
    call.carried = traffic;
    return true;
  }

  #callsByInstance(): ReadonlyMap<InstanceId, number> {
    return perInstance([...this.#calls.values()].map(({ session }) => session));
  }
}
