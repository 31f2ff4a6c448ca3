/**
 * The engine in use, and the one before it while calls of its own go on there: a reload that changes `media.engine` ends no
 * call. There is one engine of each kind at most, since two of our own would want the same ports: whoever turns back to
 * the one that is leaving gets that one.
 */
import type { Media } from "./media-options.ts";
import type { LegName, Legs, MediaResult } from "./media-port.ts";
import type { CallSummary, Moment } from "./quality/quality-desk.ts";
import type { MediaSettings } from "./settings.ts";
import { addStatus, type MediaStatus, withoutGauges } from "./status.ts";

export class MediaSwitch implements Media {
  #current: Media;
  /** New calls go elsewhere; it ends with its last one. */
  #leaving: Media | undefined;
  /** Told to stop, and not done yet. */
  readonly #ending = new Set<Media>();
  #past: MediaStatus | undefined;

  constructor(first: Media) {
    this.#current = first;
  }

  /**
   * Makes the change ready; nothing is different before `turn` is called.
   * @throws whatever `open` throws
   */
  async prepare(
    open: () => Promise<Media>,
    settings: MediaSettings,
  ): Promise<{ turn(): void; giveUp(): Promise<void> }> {
    const before = this.#leaving;
    const next = before ?? (await open());
    return {
      turn: () => {
        if (next === before) next.apply(settings);
        this.#leaving = this.#current;
        this.#current = next;
        this.#endIfEmpty();
      },
      giveUp: async () => {
        if (next !== before) await next.stop();
      },
    };
  }

  /** The engine before this one still has calls. */
  get isLeaving(): boolean {
    return this.#leaving !== undefined;
  }

  has(call: string): boolean {
    return this.#of(call).has(call);
  }

  offer(call: string, from: LegName, sdp: Uint8Array, legs: Legs): Promise<MediaResult> {
    return this.#of(call).offer(call, from, sdp, legs);
  }

  answer(call: string, from: LegName, sdp: Uint8Array): Promise<MediaResult> {
    return this.#of(call).answer(call, from, sdp);
  }

  press(call: string, to: LegName, key: string, durationMs: number): void {
    this.#of(call).press(call, to, key, durationMs);
  }

  up(call: string): void {
    this.#of(call).up(call);
  }

  rollback(call: string): void {
    this.#of(call).rollback(call);
    this.#endIfEmpty();
  }

  close(call: string): void {
    this.#of(call).close(call);
    this.#endIfEmpty();
  }

  summary(call: string, moment?: Moment): CallSummary | undefined {
    return this.#of(call).summary(call, moment);
  }

  apply(settings: MediaSettings): void {
    this.#current.apply(settings);
  }

  /** Of all that ever ran: counters never fall. */
  status(): MediaStatus {
    const others = [...(this.#leaving === undefined ? [] : [this.#leaving]), ...this.#ending].map((one) =>
      one.status(),
    );
    return [...others, ...(this.#past === undefined ? [] : [this.#past])].reduce(addStatus, this.#current.status());
  }

  async stop(): Promise<void> {
    await Promise.all([this.#current.stop(), this.#leaving?.stop()]);
  }

  #of(call: string): Media {
    return this.#leaving?.has(call) ? this.#leaving : this.#current;
  }

  #endIfEmpty(): void {
    const leaving = this.#leaving;
    if (leaving === undefined || leaving.status().calls > 0) return;
    this.#leaving = undefined;
    this.#ending.add(leaving);
    void leaving.stop().then(() => {
      const last = withoutGauges(leaving.status());
      this.#past = this.#past === undefined ? last : addStatus(last, this.#past);
      this.#ending.delete(leaving);
    });
  }
}
