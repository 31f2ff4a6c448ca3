/**
 * How good the calls are: reports of the engine go to their legs, and once a second is looked whether a call has become
 * one-way, silent or poor. Pure; the number of calls is bounded by the ports.
 */
import type { Side } from "@ringfence/policy";
import type { PairId } from "../engine/engine.ts";
import type { StreamReport } from "../engine/stream-report.ts";
import type { LegName } from "../media-port.ts";
import { type LegFacts, LegQuality, type LegSummary } from "./leg-quality.ts";

/** An agreed stream of sound. */
export interface StreamFacts {
  readonly a: LegFacts & { readonly pair: PairId };
  readonly b: LegFacts & { readonly pair: PairId };
  /** Neither side is on hold: both should be heard. */
  readonly twoWay: boolean;
}

export const qualityKinds = ["one-way", "silent", "poor"] as const;
export type QualityKind = (typeof qualityKinds)[number];

/** What a call has come to. `mos`: the last mark, where that is the matter. */
export interface QualityEvent {
  readonly kind: QualityKind;
  readonly call: string;
  readonly leg: LegName;
  readonly mos?: number | undefined;
}

/** A call's legs at its end. */
export interface CallSummary {
  readonly a: LegSummary;
  readonly b: LegSummary;
}

/** The other side speaks, and nothing has come from this one for so long; longer where its codec may pause. */
const oneWayMs = 10_000;
const oneWayPausingMs = 30_000;
/** Who sent within so many reports speaks. */
const speaksReports = 2.5;
const silentMs = 30_000;
/** Of one kind and leg. */
const repeatMs = 60_000;
/** Lines a minute over all calls: when the network is down every call is poor. */
const mostAMinute = 60;

interface Trouble {
  readonly kind: QualityKind;
  readonly leg: LegName;
  /** Now, so that it is said once. */
  stands: boolean;
  saidAt: number;
}

interface Watched {
  readonly call: string;
  readonly a: LegQuality;
  readonly b: LegQuality;
  twoWay: boolean;
  /** Few calls have any. */
  readonly troubles: Trouble[];
}

export interface QualityStatus {
  /** Calls now. */
  readonly now: Readonly<Record<QualityKind, number>>;
  /** Since the start. */
  readonly events: Readonly<Record<QualityKind, number>>;
  readonly rtp: Readonly<Record<Side, { readonly received: number; readonly lost: number }>>;
  /** The worst by their last mark, five at most. */
  readonly worst: readonly { readonly call: string; readonly leg: LegName; readonly mos: number }[];
}

/** At the end the window that runs is closed, so that it counts. */
export type Moment = "end" | "meanwhile";

export class QualityDesk {
  readonly #calls = new Map<string, Watched>();
  readonly #legs = new Map<PairId, LegQuality>();
  readonly #pairs = new Map<string, readonly PairId[]>();
  /** Before the answer a phone may well be silent: it listens to how it rings. */
  readonly #answered = new Set<string>();
  readonly #events: Record<QualityKind, number> = { "one-way": 0, silent: 0, poor: 0 };
  readonly #rtp: Record<Side, { received: number; lost: number }> = {
    phone: { received: 0, lost: 0 },
    trunk: { received: 0, lost: 0 },
    core: { received: 0, lost: 0 },
  };
  readonly #speaksMs: number;
  #minute = Number.NEGATIVE_INFINITY;
  #saidThisMinute = 0;

  /** @param reportMs between two reports of a leg */
  constructor(reportMs = 1_000) {
    this.#speaksMs = speaksReports * reportMs;
  }

  /** After each agreement: the call's first stream of sound, undefined when it has none. What was counted stays. */
  agree(call: string, stream: StreamFacts | undefined, now: number): void {
    const before = this.#calls.get(call);
    for (const pair of this.#pairs.get(call) ?? []) this.#legs.delete(pair);
    if (stream === undefined) {
      // A fax took the place of speech: what was heard until then stays for the call's last line.
      if (before !== undefined) before.twoWay = false;
      return;
    }
    const watched = before ?? newWatched(call, stream, now);
    watched.twoWay = stream.twoWay;
    for (const leg of ["a", "b"] as const) {
      watched[leg].facts = stream[leg];
      watched[leg].expect(now);
      this.#legs.set(stream[leg].pair, watched[leg]);
    }
    this.#calls.set(call, watched);
    this.#pairs.set(call, [stream.a.pair, stream.b.pair]);
  }

  /** The call was answered: from now on both sides should be heard. */
  answered(call: string, now: number): void {
    this.#answered.add(call);
    const watched = this.#calls.get(call);
    for (const leg of watched === undefined ? [] : [watched.a, watched.b]) leg.expect(now);
  }

  forget(call: string): void {
    this.#answered.delete(call);
    for (const pair of this.#pairs.get(call) ?? []) this.#legs.delete(pair);
    this.#pairs.delete(call);
    this.#calls.delete(call);
  }

  report(reports: readonly StreamReport[], now: number): void {
    for (const report of reports) {
      const leg = this.#legs.get(report.pair);
      if (leg === undefined) continue;
      const lostBefore = leg.lost;
      leg.add(report, now);
      const total = this.#rtp[leg.facts.side];
      total.received += report.received;
      // A packet that comes late takes its loss back; a counter never falls.
      total.lost += Math.max(0, leg.lost - lostBefore);
    }
  }

  /** What has become of the calls since the last look. */
  look(now: number): readonly QualityEvent[] {
    const events: QualityEvent[] = [];
    for (const [call, watched] of this.#calls) {
      const both = watched.twoWay && this.#answered.has(call);
      for (const [leg, other] of [
        [watched.a, watched.b],
        [watched.b, watched.a],
      ] as const) {
        this.#note(watched, leg, "one-way", both && this.#speaks(other, now) && isOneWay(leg, other), now, events);
        this.#note(watched, leg, "silent", both && this.#speaks(leg, now) && isSilent(leg, now), now, events);
        this.#note(watched, leg, "poor", leg.isPoor, now, events);
      }
    }
    return events;
  }

  /** Of a call with sound, as of the last report. */
  summary(call: string, moment: Moment = "end"): CallSummary | undefined {
    const watched = this.#calls.get(call);
    if (watched === undefined) return undefined;
    if (moment === "end") for (const leg of [watched.a, watched.b]) leg.close();
    return { a: watched.a.summary(), b: watched.b.summary() };
  }

  status(): QualityStatus {
    const now: Record<QualityKind, number> = { "one-way": 0, silent: 0, poor: 0 };
    const marks: { call: string; leg: LegName; mos: number }[] = [];
    for (const { call, a, b, troubles } of this.#calls.values()) {
      for (const kind of qualityKinds) if (troubles.some((one) => one.stands && one.kind === kind)) now[kind]++;
      for (const leg of [a, b]) {
        const mos = Math.min(leg.sent.last ?? 5, leg.heard.last ?? 5);
        if (mos < 5) marks.push({ call, leg: leg.facts.leg, mos });
      }
    }
    const worst = marks.sort((one, two) => one.mos - two.mos).slice(0, 5);
    return { now, events: { ...this.#events }, rtp: structuredClone(this.#rtp), worst };
  }

  #speaks(leg: LegQuality, now: number): boolean {
    return now - leg.lastMedia < this.#speaksMs;
  }

  #note(
    { call, troubles }: Watched,
    leg: LegQuality,
    kind: QualityKind,
    isSo: boolean,
    now: number,
    events: QualityEvent[],
  ): void {
    const known = troubles.find((one) => one.kind === kind && one.leg === leg.facts.leg);
    if (!isSo || known?.stands === true) {
      if (known !== undefined) known.stands = isSo;
      return;
    }
    const trouble = known ?? { kind, leg: leg.facts.leg, stands: true, saidAt: Number.NEGATIVE_INFINITY };
    if (known === undefined) troubles.push(trouble);
    trouble.stands = true;
    if (now - trouble.saidAt < repeatMs) return;
    trouble.saidAt = now;
    this.#events[kind]++;
    if (!this.#maySpeak(now)) return;
    const mos = kind === "poor" ? Math.min(leg.sent.last ?? 5, leg.heard.last ?? 5) : undefined;
    events.push({ kind, call, leg: leg.facts.leg, mos });
  }

  #maySpeak(now: number): boolean {
    if (now - this.#minute >= 60_000) {
      this.#minute = now;
      this.#saidThisMinute = 0;
    }
    return ++this.#saidThisMinute <= mostAMinute;
  }
}

function newWatched(call: string, stream: StreamFacts, now: number): Watched {
  return {
    call,
    a: new LegQuality(stream.a, now),
    b: new LegQuality(stream.b, now),
    twoWay: stream.twoWay,
    troubles: [],
  };
}

/** By the reports alone: between two of them nothing is known of either. */
function isOneWay(leg: LegQuality, other: LegQuality): boolean {
  return other.lastMedia - leg.lastMedia >= (leg.mayPause ? oneWayPausingMs : oneWayMs);
}

function isSilent(leg: LegQuality, now: number): boolean {
  return leg.silentSince !== undefined && now - leg.silentSince >= silentMs;
}
