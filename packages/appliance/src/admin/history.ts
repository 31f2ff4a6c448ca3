/** The numbers of the last hour, a point each five seconds: for the plots of the console. */
import { type SeriesName, type History as ShownHistory, seriesNames } from "@ringfence/admin";
import type { EdgeHandle } from "@ringfence/edge";
import type { SoundNow } from "../call-curves.ts";
import { Ring, STEP_MS } from "./ring.ts";
import type { Tally } from "./tally.ts";

const MOST_POINTS = 720;

interface HistoryParts {
  readonly edge: Pick<EdgeHandle, "status">;
  readonly tally: Pick<Tally, "attempts" | "refused">;
}

export class History {
  readonly #parts: HistoryParts;
  readonly #rings = new Map<SeriesName, Ring>(seriesNames.map((name) => [name, new Ring(MOST_POINTS)]));
  #attempts: number;
  #refused: number;
  #lastAt = 0;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    this.#attempts = parts.tally.attempts;
    this.#refused = parts.tally.refused;
  }

  /** Each five seconds. */
  tick(now: number, sound: SoundNow): void {
    const { edge, tally } = this.#parts;
    const status = edge.status();
    const seconds = STEP_MS / 1_000;
    const values: Readonly<Record<SeriesName, number | undefined>> = {
      calls: status.calls,
      registrations: status.registrations,
      attempts: (tally.attempts - this.#attempts) / seconds,
      refused: (tally.refused - this.#refused) / seconds,
      bans: status.bans.source + status.bans.suspect + status.bans.account,
      mos: sound.mos,
      lag: status.load.lagMs,
      loss: sound.loss,
    };
    for (const name of seriesNames) this.#rings.get(name)?.push(values[name]);
    [this.#attempts, this.#refused, this.#lastAt] = [tally.attempts, tally.refused, now];
  }

  /** Of the last five seconds; null before they were over. */
  last(name: SeriesName): number | null {
    return this.#rings.get(name)?.last ?? null;
  }

  shown(names: readonly SeriesName[]): ShownHistory {
    const points = this.#rings.get("calls")?.size ?? 0;
    return {
      from: this.#lastAt - Math.max(0, points - 1) * STEP_MS,
      stepMs: STEP_MS,
      series: Object.fromEntries(names.map((name) => [name, this.#rings.get(name)?.values() ?? []])),
    };
  }
}
