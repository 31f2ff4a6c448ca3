/** How calls have sounded, a point each five seconds: of those that are up, and for a while of those that have ended. */
import type { Curves } from "@ringfence/admin";
import type { EdgeHandle } from "@ringfence/edge";
import type { LegSummary, Media } from "@ringfence/media";
import { Ring, STEP_MS } from "./admin/ring.ts";

/** Of each call: half an hour. */
const MOST_POINTS = 360;
/** Calls; those that ended longest ago are forgotten first. A call takes 17 kB. */
const MOST_CALLS = 1_000;

class LegCurve {
  readonly mos = new Ring(MOST_POINTS);
  readonly loss = new Ring(MOST_POINTS);
  readonly jitterMs = new Ring(MOST_POINTS);
  #packets = 0;
  #lost = 0;

  /** @param at of this moment; undefined: there is no sound yet */
  push(at: LegSummary | undefined): void {
    const packets = (at?.packets ?? 0) - this.#packets;
    const lost = Math.max(0, (at?.lost ?? 0) - this.#lost);
    this.#packets = at?.packets ?? this.#packets;
    this.#lost = at?.lost ?? this.#lost;
    this.mos.push(packets > 0 ? at?.mosLast : undefined);
    this.loss.push(at?.lost === undefined || packets + lost <= 0 ? undefined : lost / (packets + lost));
    this.jitterMs.push(packets > 0 ? at?.jitterMs : undefined);
  }

  shown(): Curves["a"] {
    return { mos: this.mos.values(), loss: this.loss.values(), jitterMs: this.jitterMs.values() };
  }
}

interface Curve {
  lastAt: number;
  readonly a: LegCurve;
  readonly b: LegCurve;
}

/** Means over all calls, of the last five seconds; undefined: nobody talks. */
export interface SoundNow {
  readonly mos: number | undefined;
  readonly loss: number | undefined;
}

export class CallCurves {
  readonly #edge: Pick<EdgeHandle, "look">;
  readonly #media: Pick<Media, "summary">;
  /** The one that was touched longest ago comes first. */
  readonly #calls = new Map<string, Curve>();

  constructor(edge: Pick<EdgeHandle, "look">, media: Pick<Media, "summary">) {
    this.#edge = edge;
    this.#media = media;
  }

  /** Each five seconds. */
  tick(now: number): SoundNow {
    const marks: number[] = [];
    const losses: number[] = [];
    for (const { id, state } of this.#edge.look.calls()) {
      if (state !== "up") continue;
      const sound = this.#media.summary(id, "meanwhile");
      const curve = this.#calls.get(id) ?? { lastAt: now, a: new LegCurve(), b: new LegCurve() };
      this.#calls.delete(id);
      this.#calls.set(id, curve);
      curve.lastAt = now;
      for (const leg of ["a", "b"] as const) {
        curve[leg].push(sound?.[leg]);
        const [mos, loss] = [curve[leg].mos.last, curve[leg].loss.last];
        if (mos !== null) marks.push(mos);
        if (loss !== null) losses.push(loss);
      }
    }
    for (const id of this.#calls.keys()) {
      if (this.#calls.size <= MOST_CALLS) break;
      this.#calls.delete(id);
    }
    return { mos: mean(marks), loss: mean(losses) };
  }

  of(call: string): Curves | undefined {
    const curve = this.#calls.get(call);
    if (curve === undefined) return undefined;
    const points = curve.a.mos.size;
    return {
      call,
      from: curve.lastAt - (points - 1) * STEP_MS,
      stepMs: STEP_MS,
      a: curve.a.shown(),
      b: curve.b.shown(),
    };
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, one) => sum + one, 0) / values.length;
}
