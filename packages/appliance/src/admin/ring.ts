/** The last so many points of a curve, a point each five seconds. Nothing grows. */
export const STEP_MS = 5_000;

export class Ring {
  readonly #points: Float64Array;
  #size = 0;
  #next = 0;

  constructor(most: number) {
    this.#points = new Float64Array(most);
  }

  get size(): number {
    return this.#size;
  }

  /** Undefined: not known, a gap. */
  push(value: number | undefined): void {
    this.#points[this.#next] = value ?? Number.NaN;
    this.#next = (this.#next + 1) % this.#points.length;
    this.#size = Math.min(this.#size + 1, this.#points.length);
  }

  /** The oldest first; null: a gap. */
  values(): (number | null)[] {
    const first = (this.#next - this.#size + this.#points.length) % this.#points.length;
    return Array.from({ length: this.#size }, (_, i) => {
      const value = this.#points[(first + i) % this.#points.length] ?? Number.NaN;
      return Number.isNaN(value) ? null : Math.round(value * 1_000) / 1_000;
    });
  }

  get last(): number | null {
    return this.values().at(-1) ?? null;
  }
}
